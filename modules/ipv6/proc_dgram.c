// SPDX-License-Identifier: GPL-2.0-only
/*
 * One line of /proc/net/{raw6,icmp6,udp6,udplite6}.
 */
#include <linux/seq_file.h>
#include "sock_int.h"

static void proc_addr(struct seq_file *seq, const struct in6_addr *addr,
		      u16 port)
{
	seq_printf(seq, " %08X%08X%08X%08X:%04X",
		   addr->s6_addr32[0], addr->s6_addr32[1], addr->s6_addr32[2],
		   addr->s6_addr32[3], port);
}

/**
 * sxt_proc_dgram_line() - a datagram socket, as netstat reads it
 * @seq: the file
 * @sk: the socket
 * @srcp: local port or protocol
 * @destp: remote port
 * @rqueue: bytes that wait to be read
 * @bucket: of the socket table, the first column
 *
 * Addresses are four words of the host's order: that is the format.
 *
 * Context: any; the socket can't go.
 */
void sxt_proc_dgram_line(struct seq_file *seq, struct sock *sk, u16 srcp,
			 u16 destp, int rqueue, int bucket)
{
	seq_printf(seq, "%5d:", bucket);
	proc_addr(seq, &sk->sk_v6_rcv_saddr, srcp);
	proc_addr(seq, &sk->sk_v6_daddr, destp);
	/* No timer, no retransmissions. */
	seq_printf(seq, " %02X %08X:%08X 00:00000000 00000000 %5u %8d %lu",
		   sk->sk_state, sk_wmem_alloc_get(sk), rqueue,
		   from_kuid_munged(seq_user_ns(seq), sock_i_uid(sk)), 0,
		   sock_i_ino(sk));
	seq_printf(seq, " %d %pK %u\n", refcount_read(&sk->sk_refcnt), sk,
		   atomic_read(&sk->sk_drops));
}
