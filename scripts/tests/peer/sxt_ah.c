// SPDX-License-Identifier: GPL-2.0
/*
 * Takes AH headers (RFC 4302) off IPv6 packets as long as it is loaded, and
 * asks for no ICV: what AH is to an IPv6 stack is a protocol with another one
 * behind it. For scripts/tests/76-ipv6-async.sh; no part of the suite.
 */
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/protocol.h>

/* RFC 4302 2.2, 3.3.3.2.1: of so many words of 4 bytes but two, by 8 bytes. */
static int ah_rcv(struct sk_buff *skb)
{
	const struct ip_auth_hdr *ah;
	u32 len;

	if (!pskb_may_pull(skb, sizeof(*ah)))
		goto drop;
	ah = (const struct ip_auth_hdr *)skb->data;
	len = ipv6_authlen(ah);
	if (len < sizeof(*ah) || len % 8 || !pskb_may_pull(skb, len))
		goto drop;
	IP6CB(skb)->nhoff = skb_network_header_len(skb);
	skb->transport_header += len;
	return 1;
drop:
	kfree_skb(skb);
	return -1;
}

static const struct inet6_protocol ah_protocol = {
	.handler = ah_rcv,
	.flags = INET6_PROTO_NOPOLICY,
};

static int __init ah_init(void)
{
	return inet6_add_protocol(&ah_protocol, IPPROTO_AH) ? -EBUSY : 0;
}

static void __exit ah_exit(void)
{
	inet6_del_protocol(&ah_protocol, IPPROTO_AH);
}

module_init(ah_init);
module_exit(ah_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("AH without keys, for a test");
