// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters (RFC 4293, RFC 2466): where they live, a set a namespace and one an
 * interface, and the files that show them: /proc/net/snmp6, /proc/net/dev_snmp6
 * and /proc/net/sockstat6. Programs find a line by its name.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include "iface.h"
#include "socket.h"

struct sxt_counter_name {
	int at;
	const char *name;
};

static const struct sxt_counter_name ip_names[] = {
	{ IPSTATS_MIB_INPKTS, "InReceives" },
	{ IPSTATS_MIB_INHDRERRORS, "InHdrErrors" },
	{ IPSTATS_MIB_INTOOBIGERRORS, "InTooBigErrors" },
	{ IPSTATS_MIB_INNOROUTES, "InNoRoutes" },
	{ IPSTATS_MIB_INADDRERRORS, "InAddrErrors" },
	{ IPSTATS_MIB_INUNKNOWNPROTOS, "InUnknownProtos" },
	{ IPSTATS_MIB_INTRUNCATEDPKTS, "InTruncatedPkts" },
	{ IPSTATS_MIB_INDISCARDS, "InDiscards" },
	{ IPSTATS_MIB_INDELIVERS, "InDelivers" },
	{ IPSTATS_MIB_OUTFORWDATAGRAMS, "OutForwDatagrams" },
	{ IPSTATS_MIB_OUTREQUESTS, "OutRequests" },
	{ IPSTATS_MIB_OUTDISCARDS, "OutDiscards" },
	{ IPSTATS_MIB_OUTNOROUTES, "OutNoRoutes" },
	{ IPSTATS_MIB_REASMTIMEOUT, "ReasmTimeout" },
	{ IPSTATS_MIB_REASMREQDS, "ReasmReqds" },
	{ IPSTATS_MIB_REASMOKS, "ReasmOKs" },
	{ IPSTATS_MIB_REASMFAILS, "ReasmFails" },
	{ IPSTATS_MIB_REASM_OVERLAPS, "ReasmOverlaps" },
	{ IPSTATS_MIB_FRAGOKS, "FragOKs" },
	{ IPSTATS_MIB_FRAGFAILS, "FragFails" },
	{ IPSTATS_MIB_FRAGCREATES, "FragCreates" },
	{ IPSTATS_MIB_INMCASTPKTS, "InMcastPkts" },
	{ IPSTATS_MIB_OUTMCASTPKTS, "OutMcastPkts" },
	{ IPSTATS_MIB_INOCTETS, "InOctets" },
	{ IPSTATS_MIB_OUTOCTETS, "OutOctets" },
	{ IPSTATS_MIB_INMCASTOCTETS, "InMcastOctets" },
	{ IPSTATS_MIB_OUTMCASTOCTETS, "OutMcastOctets" },
	{ IPSTATS_MIB_INBCASTOCTETS, "InBcastOctets" },
	{ IPSTATS_MIB_OUTBCASTOCTETS, "OutBcastOctets" },
	{ IPSTATS_MIB_NOECTPKTS, "InNoECTPkts" },
	{ IPSTATS_MIB_ECT1PKTS, "InECT1Pkts" },
	{ IPSTATS_MIB_ECT0PKTS, "InECT0Pkts" },
	{ IPSTATS_MIB_CEPKTS, "InCEPkts" },
	{ IPSTATS_MIB_OUTPKTS, "OutTransmits" },
};

static const struct sxt_counter_name icmp_names[] = {
	{ ICMP6_MIB_INMSGS, "InMsgs" },
	{ ICMP6_MIB_INERRORS, "InErrors" },
	{ ICMP6_MIB_OUTMSGS, "OutMsgs" },
	{ ICMP6_MIB_OUTERRORS, "OutErrors" },
	{ ICMP6_MIB_CSUMERRORS, "InCsumErrors" },
	{ ICMP6_MIB_RATELIMITHOST, "OutRateLimitHost" },
};

static const struct sxt_counter_name icmp_types[] = {
	{ ICMPV6_DEST_UNREACH, "DestUnreachs" },
	{ ICMPV6_PKT_TOOBIG, "PktTooBigs" },
	{ ICMPV6_TIME_EXCEED, "TimeExcds" },
	{ ICMPV6_PARAMPROB, "ParmProblems" },
	{ ICMPV6_ECHO_REQUEST, "Echos" },
	{ ICMPV6_ECHO_REPLY, "EchoReplies" },
	{ ICMPV6_MGM_QUERY, "GroupMembQueries" },
	{ ICMPV6_MGM_REPORT, "GroupMembResponses" },
	{ ICMPV6_MGM_REDUCTION, "GroupMembReductions" },
	{ NDISC_ROUTER_SOLICITATION, "RouterSolicits" },
	{ NDISC_ROUTER_ADVERTISEMENT, "RouterAdvertisements" },
	{ NDISC_NEIGHBOUR_SOLICITATION, "NeighborSolicits" },
	{ NDISC_NEIGHBOUR_ADVERTISEMENT, "NeighborAdvertisements" },
	{ NDISC_REDIRECT, "Redirects" },
	{ ICMPV6_MLD2_REPORT, "MLDv2Reports" },
};

static const struct sxt_counter_name udp_names[] = {
	{ UDP_MIB_INDATAGRAMS, "InDatagrams" },
	{ UDP_MIB_NOPORTS, "NoPorts" },
	{ UDP_MIB_INERRORS, "InErrors" },
	{ UDP_MIB_OUTDATAGRAMS, "OutDatagrams" },
	{ UDP_MIB_RCVBUFERRORS, "RcvbufErrors" },
	{ UDP_MIB_SNDBUFERRORS, "SndbufErrors" },
	{ UDP_MIB_CSUMERRORS, "InCsumErrors" },
	{ UDP_MIB_IGNOREDMULTI, "IgnoredMulti" },
	{ UDP_MIB_MEMERRORS, "MemErrors" },
};

static void line(struct seq_file *seq, const char *group, const char *way,
		 const char *name, u64 value)
{
	char label[40];

	snprintf(label, sizeof(label), "%s%s%s", group, way, name);
	seq_printf(seq, "%-32s\t%llu\n", label, (unsigned long long)value);
}

static void show_ip(struct seq_file *seq, struct ipstats_mib __percpu *mib)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ip_names); i++)
		line(seq, "Ip6", "", ip_names[i].name,
		     snmp_fold_field64(mib, ip_names[i].at,
				       offsetof(struct ipstats_mib, syncp)));
}

static void show_percpu(struct seq_file *seq, const char *group,
			const struct sxt_counter_name *names, size_t count,
			void __percpu *mib)
{
	size_t i;

	for (i = 0; i < count; i++)
		line(seq, group, "", names[i].name,
		     snmp_fold_field(mib, names[i].at));
}

/* What has a name by its name, and what was counted at all by its number. */
static void show_icmp_types(struct seq_file *seq, atomic_long_t *counts)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(icmp_types); i++) {
		line(seq, "Icmp6", "In", icmp_types[i].name,
		     atomic_long_read(&counts[icmp_types[i].at]));
		line(seq, "Icmp6", "Out", icmp_types[i].name,
		     atomic_long_read(&counts[icmp_types[i].at + 256]));
	}
	for (i = 0; i < ICMP6MSG_MIB_MAX; i++) {
		unsigned long value = atomic_long_read(&counts[i]);
		char type[12];

		if (!value)
			continue;
		snprintf(type, sizeof(type), "Type%zu", i % 256);
		line(seq, "Icmp6", i < 256 ? "In" : "Out", type, value);
	}
}

static int snmp6_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;

	show_ip(seq, net->mib.ipv6_statistics);
	show_percpu(seq, "Icmp6", icmp_names, ARRAY_SIZE(icmp_names),
		    net->mib.icmpv6_statistics);
	show_icmp_types(seq, net->mib.icmpv6msg_statistics->mibs);
	show_percpu(seq, "Udp6", udp_names, ARRAY_SIZE(udp_names),
		    net->mib.udp_stats_in6);
	show_percpu(seq, "UdpLite6", udp_names, ARRAY_SIZE(udp_names),
		    net->mib.udplite_stats_in6);
	return 0;
}

static int dev_snmp6_show(struct seq_file *seq, void *v)
{
	struct inet6_dev *in6 = seq->private;
	size_t i;

	seq_printf(seq, "%-32s\t%u\n", "ifIndex", in6->dev->ifindex);
	show_ip(seq, in6->stats.ipv6);
	for (i = 0; i < ARRAY_SIZE(icmp_names); i++)
		line(seq, "Icmp6", "", icmp_names[i].name,
		     atomic_long_read(&in6->stats.icmpv6dev->mibs
				      [icmp_names[i].at]));
	show_icmp_types(seq, in6->stats.icmpv6msgdev->mibs);
	return 0;
}

static struct ipstats_mib __percpu *ipstats_alloc(void)
{
	struct ipstats_mib __percpu *mib = alloc_percpu(struct ipstats_mib);
	int cpu;

	if (!mib)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(mib, cpu)->syncp);
	return mib;
}

/**
 * sxt_snmp_idev_add() - counters of an interface, and the file for them
 * @idev: the interface; under its present name
 *
 * Counters that are there already stay: after a change of the name only the
 * file is a new one. The kernel frees them with the inet6_dev.
 *
 * Context: RTNL.
 * Return: 0, or -ENOMEM.
 */
int sxt_snmp_idev_add(struct sxt_idev *idev)
{
	struct ipv6_devstat *stats = &idev->in6.stats;
	struct net_device *dev = idev->in6.dev;
	struct proc_dir_entry *dir;

	if (!stats->ipv6)
		stats->ipv6 = ipstats_alloc();
	if (!stats->icmpv6dev)
		stats->icmpv6dev = kzalloc(sizeof(*stats->icmpv6dev),
					   GFP_KERNEL);
	if (!stats->icmpv6msgdev)
		stats->icmpv6msgdev = kzalloc(sizeof(*stats->icmpv6msgdev),
					      GFP_KERNEL);
	if (!stats->ipv6 || !stats->icmpv6dev || !stats->icmpv6msgdev)
		return -ENOMEM;
	dir = dev_net(dev)->mib.proc_net_devsnmp6;
	if (!dir || stats->proc_dir_entry)
		return 0;
	stats->proc_dir_entry = proc_create_single_data(dev->name, 0444, dir,
							dev_snmp6_show,
							&idev->in6);
	return stats->proc_dir_entry ? 0 : -ENOMEM;
}

/**
 * sxt_snmp_idev_del() - takes an interface's counter file away
 * @idev: the interface; the counters themselves live as long as it
 *
 * Context: RTNL; waits for readers of the file.
 */
void sxt_snmp_idev_del(struct sxt_idev *idev)
{
	struct ipv6_devstat *stats = &idev->in6.stats;

	if (stats->proc_dir_entry)
		proc_remove(stats->proc_dir_entry);
	stats->proc_dir_entry = NULL;
}

static void mibs_free(struct net *net)
{
	free_percpu(net->mib.ipv6_statistics);
	free_percpu(net->mib.icmpv6_statistics);
	kfree(net->mib.icmpv6msg_statistics);
	free_percpu(net->mib.udp_stats_in6);
	free_percpu(net->mib.udplite_stats_in6);
	net->mib.ipv6_statistics = NULL;
	net->mib.icmpv6_statistics = NULL;
	net->mib.icmpv6msg_statistics = NULL;
	net->mib.udp_stats_in6 = NULL;
	net->mib.udplite_stats_in6 = NULL;
}

static int mibs_alloc(struct net *net)
{
	struct netns_mib *mib = &net->mib;

	mib->ipv6_statistics = ipstats_alloc();
	mib->icmpv6_statistics = alloc_percpu(struct icmpv6_mib);
	mib->icmpv6msg_statistics = kzalloc(sizeof(*mib->icmpv6msg_statistics),
					    GFP_KERNEL);
	mib->udp_stats_in6 = alloc_percpu(struct udp_mib);
	mib->udplite_stats_in6 = alloc_percpu(struct udp_mib);
	if (mib->ipv6_statistics && mib->icmpv6_statistics &&
	    mib->icmpv6msg_statistics && mib->udp_stats_in6 &&
	    mib->udplite_stats_in6)
		return 0;
	mibs_free(net);
	return -ENOMEM;
}

/**
 * sxt_snmp_net_init() - counters of a namespace, and the files for them
 * @net: the namespace
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_snmp_net_init(struct net *net)
{
	int err = mibs_alloc(net);

	if (err)
		return err;
	if (!proc_create_net_single("snmp6", 0444, net->proc_net, snmp6_show,
				    NULL))
		goto free;
	net->mib.proc_net_devsnmp6 = proc_mkdir("dev_snmp6", net->proc_net);
	if (net->mib.proc_net_devsnmp6)
		return 0;
	remove_proc_entry("snmp6", net->proc_net);
free:
	mibs_free(net);
	return -ENOMEM;
}

/**
 * sxt_snmp_net_exit() - undoes sxt_snmp_net_init()
 * @net: the namespace; nothing counts there any more
 *
 * Context: process.
 */
void sxt_snmp_net_exit(struct net *net)
{
	proc_remove(net->mib.proc_net_devsnmp6);
	net->mib.proc_net_devsnmp6 = NULL;
	remove_proc_entry("snmp6", net->proc_net);
	mibs_free(net);
}

static int sockstat6_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;
	struct fqdir *fqdir = net->ipv6.fqdir;

	seq_printf(seq, "UDP6: inuse %d\n",
		   sock_prot_inuse_get(net, &sxt_udp_prot));
	seq_printf(seq, "UDPLITE6: inuse %d\n",
		   sock_prot_inuse_get(net, &sxt_udplite_prot));
	seq_printf(seq, "RAW6: inuse %d\n",
		   sock_prot_inuse_get(net, &sxt_raw_prot));
	seq_printf(seq, "FRAG6: inuse %u memory %lu\n",
		   atomic_read(&fqdir->rhashtable.nelems),
		   frag_mem_limit(fqdir));
	return 0;
}

/**
 * sxt_sockstat_net_init() - /proc/net/sockstat6
 * @net: the namespace; its fragment queues are there (frag_in.c)
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sxt_sockstat_net_init(struct net *net)
{
	return proc_create_net_single("sockstat6", 0444, net->proc_net,
				      sockstat6_show, NULL) ? 0 : -ENOMEM;
}

/**
 * sxt_sockstat_net_exit() - undoes sxt_sockstat_net_init()
 * @net: the namespace
 *
 * Context: process; waits for readers of the file.
 */
void sxt_sockstat_net_exit(struct net *net)
{
	remove_proc_entry("sockstat6", net->proc_net);
}
