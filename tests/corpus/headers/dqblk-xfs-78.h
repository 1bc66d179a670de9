/* SPDX-License-Identifier: LGPL-2.1+ WITH Linux-syscall-note */
