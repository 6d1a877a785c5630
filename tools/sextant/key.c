// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads key files. The checks are made on the open file, not on its name, and
 * every buffer is wiped before it is left.
 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "values.h"

/* Enough for the longest key with a blank between any two digits. */
#define FILE_MAX	4096

/**
 * sxt_key_private() - may keys be in this file?
 * @fd: open file
 * @err: why not
 *
 * Standard input may also be a pipe or a terminal: what comes there stands
 * nowhere that others could look.
 *
 * Return: 0 if it is a regular file of root or of this user that is closed to
 * group and others, or -1.
 */
int sxt_key_private(int fd, struct sxt_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return sxt_err_set(err, SXT_EXIT_USAGE, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) && fd == STDIN_FILENO)
		return 0;
	if (!S_ISREG(st.st_mode))
		return sxt_err_set(err, SXT_EXIT_USAGE, "not a regular file");
	if (st.st_uid && st.st_uid != geteuid())
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "belongs to user %u, not to root or to you",
				   (unsigned int)st.st_uid);
	if (st.st_mode & 0066)
		return sxt_err_set(err, SXT_EXIT_USAGE,
				   "open to group or others (mode %04o), needs 0600",
				   (unsigned int)st.st_mode & 07777);
	return 0;
}

static int read_hex(int fd, uint8_t *key, size_t max, size_t *len,
		    struct sxt_err *err)
{
	char buf[FILE_MAX];
	size_t n = 0;
	ssize_t got;
	int ret = -1;

	do {
		got = read(fd, buf + n, sizeof(buf) - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			sxt_err_set(err, SXT_EXIT_USAGE, "%s",
				    strerror(errno));
			goto out;
		}
		n += got;
	} while (got && n < sizeof(buf));
	if (n == sizeof(buf))
		sxt_err_set(err, SXT_EXIT_USAGE, "too long for a key file");
	else
		ret = sxt_val_hex(buf, n, key, max, len, err);
out:
	explicit_bzero(buf, sizeof(buf));
	return ret;
}

/**
 * sxt_key_read() - read a key
 * @path: file, or "-" for standard input
 * @key: result
 * @max: room there
 * @len: length of the key
 * @err: why not
 *
 * Return: 0, or -1; @key may have parts of a key in either case.
 */
int sxt_key_read(const char *path, uint8_t *key, size_t max, size_t *len,
		 struct sxt_err *err)
{
	int fd, ret = -1;

	if (!strcmp(path, "-")) {
		if (!sxt_key_private(STDIN_FILENO, err))
			ret = read_hex(STDIN_FILENO, key, max, len, err);
		if (ret)
			sxt_err_prefix(err, "standard input");
		return ret;
	}
	/* Does not hang on a FIFO, which is refused below. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		sxt_err_set(err, SXT_EXIT_USAGE, "%s", strerror(errno));
	else if (!sxt_key_private(fd, err))
		ret = read_hex(fd, key, max, len, err);
	if (ret)
		sxt_err_prefix(err, "%s", sxt_quote_path(path));
	if (fd >= 0)
		close(fd);
	return ret;
}
