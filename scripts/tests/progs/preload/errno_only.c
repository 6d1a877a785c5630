// SPDX-License-Identifier: GPL-2.0-only
/*
 * Preloaded into a program that asks the kernel by netlink: it gets no sentences
 * with a refusal, as from an old kernel, and so shows the errno, which a sentence
 * would hide.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	int (*next)(int fd, int level, int name, const void *val,
		    socklen_t size) = dlsym(RTLD_NEXT, "setsockopt");

	if (level == SOL_NETLINK && name == NETLINK_EXT_ACK) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return next(fd, level, name, value, len);
}
