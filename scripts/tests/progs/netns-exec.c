// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command in a network namespace.  `ip netns exec` mounts a /sys for
 * each, which takes several times as long as most of what tests run there.
 */
#include "progs.h"

#include <err.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int at = argc > 1 && !strcmp(argv[1], "-u") ? 2 : 1;

	if (argc < at + 2) {
		fputs("usage: netns-exec [-u] NS COMMAND...\n"
		      "-u: root, but without CAP_NET_ADMIN\n"
		      "/sys stays that of the namespace before.\n"
		      "exit: 1 set-up, 127 no such command, else COMMAND's\n",
		      stderr);
		return PROG_SETUP;
	}
	netns_enter(argv[at]);
	/* What the bounding set has not, root does not get by exec. */
	if (at == 2 && prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN))
		err(PROG_SETUP, "CAP_NET_ADMIN");
	execvp(argv[at + 1], argv + at + 1);
	warn("%s", argv[at + 1]);
	return 127;
}
