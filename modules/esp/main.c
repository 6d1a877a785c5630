// SPDX-License-Identifier: GPL-2.0-only
/*
 * sextant_esp: ESP as a protocol of both families and as a transform of
 * sextant_key. Knows no SA tables and no policies.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/module.h>
#include <net/ipv6_stubs.h>
#include <net/protocol.h>
#include <net/route.h>
#include <sextant/esp_quote.h>
#include "esp.h"

/* Common to both families. Returns as sxt_input(). */
static int esp_input(struct sk_buff *skb, u8 family)
{
	if (!pskb_may_pull(skb, SXT_ESP_HDR_LEN)) {
		sxt_drop(dev_net(skb->dev), skb, SEXTANT_DROP_ESP_SHORT, NULL);
		return 0;
	}
	return sxt_input(skb, family, IPPROTO_ESP,
			 cpu_to_be32(sxt_esp_spi(skb->data)),
			 sxt_esp_seq(skb->data));
}

/* IPv4 goes on with the protocol that is returned negative. */
static int esp4_rcv(struct sk_buff *skb)
{
	return -esp_input(skb, AF_INET);
}

/* IPv6 goes on with the next header that IP6CB(skb)->nhoff points at. */
static int esp6_rcv(struct sk_buff *skb)
{
	return esp_input(skb, AF_INET6) ? 1 : 0;
}

/* Is it a packet of ours, by an outbound SA between these two addresses? */
static bool esp_is_ours(struct net *net, u8 family,
			const struct sxt_esp_quote *quote)
{
	size_t len = family == AF_INET ? 4 : 16;
	struct sxt_sa_ident ident = {
		.spi = cpu_to_be32(quote->spi),
		.proto = IPPROTO_ESP,
		.dir = SEXTANT_DIRECTION_OUT,
		.family = family,
	};
	struct sxt_addr src = {};
	const struct sxt_sa *sa;

	memcpy(ident.dst.b, quote->dst, len);
	memcpy(src.b, quote->src, len);
	sa = sxt_sa_lookup(net, &ident);
	return sa && sxt_addr_equal(&sa->src, &src);
}

/*
 * An ICMP error about a packet of ours. RFC 4301 8.2.1: only the path MTU is
 * of use, and only if the packet went through an SA. One below the least that
 * the sysctl min_pmtu allows becomes that in the route.
 */
static int esp4_err(struct sk_buff *skb, u32 info)
{
	struct net *net = dev_net(skb->dev);
	struct sxt_esp_quote quote;

	if (icmp_hdr(skb)->type != ICMP_DEST_UNREACH ||
	    icmp_hdr(skb)->code != ICMP_FRAG_NEEDED)
		return 0;
	if (!sxt_esp_quote_ipv4(skb->data, skb_headlen(skb), &quote) ||
	    !esp_is_ours(net, AF_INET, &quote))
		return -ENOENT;
	ipv4_update_pmtu(skb, net, info, 0, IPPROTO_ESP);
	return 0;
}

/*
 * The route learns it through its own operations, so that it doesn't matter
 * which module IPv6 is. They want the packet that was too big as if it were
 * here: the quoted one.
 */
static void esp6_update_pmtu(struct dst_entry *dst, struct sk_buff *skb,
			     u32 mtu)
{
	int network = skb_network_offset(skb);

	skb_reset_network_header(skb);
	dst->ops->update_pmtu(dst, NULL, skb, mtu, false);
	skb_set_network_header(skb, network);
}

/* The same for IPv6. One below its least is discarded there (RFC 8201 4). */
static int esp6_err(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		    u8 code, int offset, __be32 info)
{
	struct flowi6 fl6 = { .flowi6_proto = IPPROTO_ESP };
	struct net *net = dev_net(skb->dev);
	struct sxt_esp_quote quote;
	struct dst_entry *dst;

	if (type != ICMPV6_PKT_TOOBIG)
		return 0;
	if (!sxt_esp_quote_ipv6(skb->data, skb_headlen(skb), offset, &quote) ||
	    !esp_is_ours(net, AF_INET6, &quote))
		return -ENOENT;
	memcpy(&fl6.saddr, quote.src, sizeof(fl6.saddr));
	memcpy(&fl6.daddr, quote.dst, sizeof(fl6.daddr));
	dst = ipv6_stub->ipv6_dst_lookup_flow(net, NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	esp6_update_pmtu(dst, skb, be32_to_cpu(info));
	dst_release(dst);
	return 0;
}

static const struct net_protocol esp4_protocol = {
	.handler = esp4_rcv,
	.err_handler = esp4_err,
	.no_policy = 1,
};

static const struct inet6_protocol esp6_protocol = {
	.handler = esp6_rcv,
	.err_handler = esp6_err,
	.flags = INET6_PROTO_NOPOLICY,
};

static const struct sxt_transform esp_transform = {
	.proto = IPPROTO_ESP,
	.owner = THIS_MODULE,
	.init = sxt_esp_init,
	.fini = sxt_esp_fini,
	.memory = sxt_esp_memory,
	.plan = sxt_esp_tail,
	.protect = sxt_esp_protect,
	.verify = sxt_esp_verify,
	.probe = sxt_esp_probe,
};

/*
 * Who holds a protocol already is told by the name of its handler. XFRM's own
 * handler stands for the in-tree module that had it registered.
 */
static int __init esp_refuse(const char *family, const char *in_tree,
			     const void *handler)
{
	pr_err("sextant_esp: %s protocol 50 (ESP) is held by %ps (XFRM's is there for %s); unload that first\n",
	       family, handler, in_tree);
	return -EBUSY;
}

static int __init esp_add_protocols(void)
{
	const struct inet6_protocol *six;
	const struct net_protocol *four;
	int err;

	if (inet_add_protocol(&esp4_protocol, IPPROTO_ESP)) {
		rcu_read_lock();
		four = rcu_dereference(inet_protos[IPPROTO_ESP]);
		err = esp_refuse("IPv4", "esp4", four ? four->handler : NULL);
		rcu_read_unlock();
		return err;
	}
	if (inet6_add_protocol(&esp6_protocol, IPPROTO_ESP)) {
		rcu_read_lock();
		six = rcu_dereference(inet6_protos[IPPROTO_ESP]);
		err = esp_refuse("IPv6", "esp6", six ? six->handler : NULL);
		rcu_read_unlock();
		inet_del_protocol(&esp4_protocol, IPPROTO_ESP);
		return err;
	}
	return 0;
}

static void esp_del_protocols(void)
{
	inet6_del_protocol(&esp6_protocol, IPPROTO_ESP);
	inet_del_protocol(&esp4_protocol, IPPROTO_ESP);
}

static int __init esp_init(void)
{
	int err;

	err = esp_add_protocols();
	if (err)
		return err;
	err = sxt_transform_register(&esp_transform);
	if (err)
		esp_del_protocols();
	return err;
}

/* While there is a transform the policy lets its packets pass to a handler. */
static void __exit esp_exit(void)
{
	sxt_transform_unregister(&esp_transform);
	esp_del_protocols();
	/* A cipher's completion may still be on its way out of our text. */
	synchronize_net();
	sxt_esp_op_drain();
}

module_init(esp_init);
module_exit(esp_exit);
MODULE_IMPORT_NS(SEXTANT);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: ESP (RFC 4303) for IPv4 and IPv6");
