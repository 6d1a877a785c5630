// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forwards IPv6 by itself: bpf_fib_lookup() says where a packet goes, and it
 * goes there without having met the stack. What there is no answer for is left
 * to the stack. For `tc filter`.
 */
#include <asm/byteorder.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>

static long (*fib_lookup)(void *ctx, struct bpf_fib_lookup *params, int plen,
			  __u32 flags) = (void *)BPF_FUNC_fib_lookup;
static long (*redirect)(__u32 ifindex, __u64 flags) = (void *)BPF_FUNC_redirect;

__attribute__((section("classifier"), used))
int forward(struct __sk_buff *skb)
{
	struct ethhdr *eth = (struct ethhdr *)(long)skb->data;
	struct ipv6hdr *hdr = (struct ipv6hdr *)(eth + 1);
	struct bpf_fib_lookup fib = {
		.family = 10,
		.ifindex = skb->ingress_ifindex,
	};

	if ((long)(hdr + 1) > (long)skb->data_end ||
	    eth->h_proto != __cpu_to_be16(ETH_P_IPV6))
		return TC_ACT_OK;
	fib.l4_protocol = hdr->nexthdr;
	fib.tot_len = __be16_to_cpu(hdr->payload_len) + sizeof(*hdr);
	__builtin_memcpy(fib.ipv6_src, &hdr->saddr, sizeof(fib.ipv6_src));
	__builtin_memcpy(fib.ipv6_dst, &hdr->daddr, sizeof(fib.ipv6_dst));
	if (fib_lookup(skb, &fib, sizeof(fib), 0) != BPF_FIB_LKUP_RET_SUCCESS)
		return TC_ACT_OK;
	__builtin_memcpy(eth->h_dest, fib.dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, fib.smac, ETH_ALEN);
	return redirect(fib.ifindex, 0);
}

/* bpf_fib_lookup() is for such programs alone. */
__attribute__((section("license"), used))
char licence[] = "GPL";
