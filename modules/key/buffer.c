// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place where a packet's bytes become ours to change. In-place ciphers
 * write through whatever pages they are given: a page of a file, of another
 * clone, of a user's buffer. So nothing is written that did not come out of
 * sxt_writable().
 */
#include <linux/export.h>
#include <sextant/key.h>

/* Room behind the linear part, which skb_tailroom() denies to paged packets. */
static unsigned int buffer_end_room(const struct sk_buff *skb)
{
	return skb_end_pointer(skb) - skb_tail_pointer(skb);
}

/*
 * A packet of this host has room for its link header in front and, its buffer
 * being a power of two, much behind. Moving a small packet back in its buffer
 * is cheaper than a new one.
 */
static bool buffer_shift(struct sk_buff *skb, unsigned int head,
			 unsigned int tail)
{
	unsigned int by = head - skb_headroom(skb);

	if (skb_mac_header_was_set(skb) || skb_tailroom(skb) < by + tail)
		return false;
	memmove(skb->data + by, skb->data, skb->len);
	skb_reserve(skb, by);
	skb->network_header += by;
	skb->transport_header += by;
	return true;
}

/**
 * sxt_writable() - make a packet linear, private and roomy
 * @skb: the packet
 * @head: bytes needed before skb->data
 * @tail: bytes needed behind the packet
 *
 * Afterwards all bytes are in the linear part, no page is shared with any
 * other packet, file or user, and there is the room asked for. Pointers into
 * the packet taken before are void.
 *
 * Context: any but hard interrupt.
 * Return: 0 or -ENOMEM; the packet stays the caller's.
 */
int sxt_writable(struct sk_buff *skb, unsigned int head, unsigned int tail)
{
	unsigned int room = skb_headroom(skb);
	unsigned int more_head, more_tail;
	int err;

	if (likely(!skb_cloned(skb) && !skb_is_nonlinear(skb))) {
		if (room >= head && skb_tailroom(skb) >= tail)
			return 0;
		if (room < head && buffer_shift(skb, head, tail))
			return 0;
	}

	more_head = head > room ? SKB_DATA_ALIGN(head - room) : 0;
	room = buffer_end_room(skb);
	tail += skb->data_len;
	more_tail = tail > room ? tail - room : 0;
	if (skb_cloned(skb) || more_head || more_tail) {
		err = pskb_expand_head(skb, more_head, more_tail, GFP_ATOMIC);
		if (err)
			return err;
	}
	return skb_linearize(skb);
}
EXPORT_SYMBOL_NS_GPL(sxt_writable, SEXTANT);
