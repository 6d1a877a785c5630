// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints what sockets of IPv6 tell, by subjects: ancillary data, errors,
 * options, groups, packets.  All is in words or in the order of the wire, so
 * that the text is the same on every architecture; it judges nothing.
 */
#include "sock6/sock6.h"

#include "progs.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
"usage: sock6 [SUBJECT]\n"
"Shows it, or all of them, each behind a line \"== SUBJECT\", between the\n"
"namespaces a and b, which scripts/tests/78-ipv6-socket-values.sh makes ready.\n"
"exit: 0 shown, 1 set-up, 2 something failed that the text depends on\n";

static const struct subject * const parts[] = {
	ancillary_subjects, sent_subjects, error_subjects, raw_subjects,
	group_subjects, name_subjects
};

/* In a process of its own, so that it leaves no socket. */
static void show_apart(const struct subject *subject)
{
	pid_t pid;

	printf("== %s\n", subject->name);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		err(PROG_SETUP, "fork");
	if (!pid) {
		subject->show();
		exit(PROG_OK);
	}
	if (waitpid(pid, NULL, 0) != pid)
		err(PROG_SETUP, "wait");
}

int main(int argc, char **argv)
{
	const struct subject *subject;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		for (subject = parts[i]; subject->name; subject++) {
			if (argc < 2) {
				show_apart(subject);
			} else if (!strcmp(subject->name, argv[1])) {
				subject->show();
				return PROG_OK;
			}
		}
	}
	if (argc < 2)
		return PROG_OK;
	fputs(usage, stderr);
	return PROG_SETUP;
}
