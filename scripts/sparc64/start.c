// SPDX-License-Identifier: GPL-2.0-only
/*
 * The start of a static program on sparc64, put right.  glibc's start code for
 * this architecture passes six arguments and leaves the seventh, where the
 * stack ends, to chance: its place holds the number of the program's words.
 * A dynamic program has that address from its loader; a static one takes a
 * stack of five bytes from `nice -n 5 true`, allows itself a quarter of it for
 * alloca(), and execvp() answers ENAMETOOLONG, as the path does not fit in.
 *
 * Linked with --wrap=__libc_start_main.  Runs before anything is set up: no
 * thread pointer, so no stack protector either.
 */

typedef int main_fn(int argc, char **argv, char **envp);
typedef void hook_fn(void);
typedef int start_fn(main_fn *main, int argc, char **argv, hook_fn *init,
		     hook_fn *fini, hook_fn *rtld_fini, void *stack_end);

start_fn __real___libc_start_main;
start_fn __wrap___libc_start_main;

/* The lowest word of a new stack, the number of words, lies before argv[0]. */
int __wrap___libc_start_main(main_fn *main, int argc, char **argv,
			     hook_fn *init, hook_fn *fini, hook_fn *rtld_fini,
			     void *stack_end)
{
	stack_end = argv - 1;
	return __real___libc_start_main(main, argc, argv, init, fini, rtld_fini,
					stack_end);
}
