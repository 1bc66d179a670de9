//! A registry on loopback: recorded answers, and everything that can go wrong with them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a path answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status, and a body.
    Status(u16, Vec<u8>),
    /// A redirect.
    To(String),
    /// The first so many bytes of a body, whose whole length is announced.
    CutAt(usize, Vec<u8>),
    /// Bytes without end.
    Endless,
    /// Nothing, for a while.
    Silence,
    /// What the first requests get, and what all later ones get.
    First(usize, Box<Reply>, Box<Reply>),
}

impl Reply {
    /// Answers with a body.
    pub(crate) fn body(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Status(200, bytes.into())
    }
}

/// A running registry.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers requests by path until the test is over; any other path is not found.
    pub(crate) fn start(replies: &[(&str, Reply)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let replies: Arc<BTreeMap<String, Reply>> =
            Arc::new(replies.iter().map(|(path, reply)| ((*path).to_owned(), reply.clone())).collect());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (replies, seen) = (Arc::clone(&replies), Arc::clone(&seen));
                std::thread::spawn(move || serve(stream, &replies, &seen));
            }
        });
        Self { address, requests }
    }

    /// Returns the address of the server.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the paths that were asked for, sorted.
    pub(crate) fn requests(&self) -> Vec<String> {
        let mut requests = self.requests.lock().unwrap().clone();
        requests.sort();
        requests
    }
}

fn serve(stream: TcpStream, replies: &BTreeMap<String, Reply>, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let Some(Ok(request)) = lines.next() else {
        // A connection is contact too, even if nothing is said.
        seen.lock().unwrap().push(String::new());
        return;
    };
    for header in lines.by_ref() {
        if header.map_or(true, |header| header.is_empty()) {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let n_before = {
        let mut seen = seen.lock().unwrap();
        seen.push(path.clone());
        seen.iter().filter(|other| **other == path).count() - 1
    };
    let mut reply = replies.get(&path).cloned().unwrap_or(Reply::Status(404, Vec::new()));
    while let Reply::First(n, first, later) = reply {
        reply = if n_before < n { *first } else { *later };
    }
    // A client that has seen enough hangs up.
    let _ = answer(stream, reply);
}

fn answer(mut out: TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Status(status, body) => {
            write!(out, "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            out.write_all(&body)
        }
        Reply::To(address) => {
            write!(out, "HTTP/1.1 302 X\r\nLocation: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Reply::CutAt(length, body) => {
            write!(out, "HTTP/1.1 200 X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            out.write_all(&body[..length])
        }
        Reply::Endless => {
            write!(out, "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n")?;
            let zeros = vec![0; 1 << 16];
            // Far more than any limit, and yet an end.
            (0..1 << 14).try_for_each(|_| out.write_all(&zeros))
        }
        Reply::Silence => {
            std::thread::sleep(Duration::from_secs(3));
            Ok(())
        }
        Reply::First(..) => Ok(()),
    }
}
