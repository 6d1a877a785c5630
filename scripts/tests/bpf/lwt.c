// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of routes, for `ip route add ... encap bpf`: put what is sent into an
 * IPv6 header of its own, let it pass, drop it.
 */
#include <asm/byteorder.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/ipv6.h>

static long (*lwt_push_encap)(void *ctx, __u32 type, void *header,
			      __u32 len) = (void *)BPF_FUNC_lwt_push_encap;

__attribute__((section("lwt_xmit/wrap"), used))
int wrap(struct __sk_buff *skb)
{
	struct ipv6hdr outer = {
		.version = 6,
		.payload_len = __cpu_to_be16(skb->len),
		.nexthdr = IPPROTO_IPV6,
		.hop_limit = 64,
		.saddr.s6_addr = { 0xfd, 0, 0, 1, [15] = 1 },
		.daddr.s6_addr = { 0xfd, 0, 0, 1, [15] = 2 },
	};

	return lwt_push_encap(skb, BPF_LWT_ENCAP_IP, &outer, sizeof(outer)) ?
		BPF_DROP : BPF_LWT_REROUTE;
}

__attribute__((section("lwt_xmit/pass"), used))
int pass(struct __sk_buff *skb)
{
	return BPF_OK;
}

__attribute__((section("lwt_xmit/drop"), used))
int drop(struct __sk_buff *skb)
{
	return BPF_DROP;
}

__attribute__((section("lwt_out/pass"), used))
int pass_out(struct __sk_buff *skb)
{
	return BPF_OK;
}

__attribute__((section("lwt_out/drop"), used))
int drop_out(struct __sk_buff *skb)
{
	return BPF_DROP;
}

/* bpf_lwt_push_encap() is for such programs alone. */
__attribute__((section("license"), used))
char licence[] = "GPL";
