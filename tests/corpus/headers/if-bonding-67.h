/* SPDX-License-Identifier: GPL-1.0+ WITH Linux-syscall-note */
