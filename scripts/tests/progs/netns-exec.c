// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command in a network namespace.  `ip netns exec` mounts a /sys for
 * each, which takes several times as long as most of what tests run there.
 */
#include "progs.h"

#include <err.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: netns-exec NS COMMAND...\n"
		      "/sys stays that of the namespace before.\n"
		      "exit: 1 set-up, 127 no such command, else COMMAND's\n",
		      stderr);
		return PROG_SETUP;
	}
	netns_enter(argv[1]);
	execvp(argv[2], argv + 2);
	warn("%s", argv[2]);
	return 127;
}
