// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/udp6 and /proc/net/udplite6.
 */
#include <linux/proc_fs.h>
#include <net/transp_v6.h>
#include <net/udplite.h>
#include "udp_int.h"

static int udp_show(struct seq_file *seq, void *v)
{
	const struct udp_iter_state *state = seq->private;
	struct sock *sk = v;

	if (v == SEQ_START_TOKEN)
		seq_puts(seq, IPV6_SEQ_DGRAM_HEADER);
	else
		sxt_proc_dgram_line(seq, sk, ntohs(inet_sk(sk)->inet_sport),
				    ntohs(inet_sk(sk)->inet_dport),
				    udp_rqueue_get(sk), state->bucket);
	return 0;
}

static const struct seq_operations udp_seq = {
	.start	= udp_seq_start,
	.next	= udp_seq_next,
	.stop	= udp_seq_stop,
	.show	= udp_show,
};

/* No table: the one of UDP that the namespace has. */
static struct udp_seq_afinfo udp_info = {
	.family = AF_INET6,
};

static struct udp_seq_afinfo udplite_info = {
	.family		= AF_INET6,
	.udp_table	= &udplite_table,
};

/**
 * sxt_udp_net_init() - /proc/net/udp6 and udplite6 of a namespace
 * @net: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int sxt_udp_net_init(struct net *net)
{
	if (!proc_create_net_data("udp6", 0444, net->proc_net, &udp_seq,
				  sizeof(struct udp_iter_state), &udp_info))
		return -ENOMEM;
	if (!proc_create_net_data("udplite6", 0444, net->proc_net, &udp_seq,
				  sizeof(struct udp_iter_state),
				  &udplite_info)) {
		remove_proc_entry("udp6", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

/**
 * sxt_udp_net_exit() - the namespace goes
 * @net: the namespace
 *
 * Context: process.
 */
void sxt_udp_net_exit(struct net *net)
{
	remove_proc_entry("udplite6", net->proc_net);
	remove_proc_entry("udp6", net->proc_net);
}
