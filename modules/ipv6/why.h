/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a packet was refused: the one list of this stack. drop.c has the name of
 * each, by which /proc/net/drops6 counts it, and what a tracer of the kernel
 * sees instead; README.md's table is made of this one (scripts/lint/why).
 */
#ifndef SXT_WHY_H
#define SXT_WHY_H

/**
 * enum sxt_why - why a packet was refused
 * @SXT_WHY_NOT: it was not
 * @SXT_WHY_FRAME_OTHERHOST: the frame is for another station, and this one
 *	hears all
 * @SXT_WHY_FRAME_TO_MANY: one node's packet in a frame to many, and
 *	drop_unicast_in_l2_multicast is set
 * @SXT_WHY_DISABLED: IPv6 is off on the interface
 * @SXT_WHY_NO_MEMORY: no memory for what it takes
 * @SXT_WHY_HEADER_CUT: shorter than an IPv6 header
 * @SXT_WHY_VERSION: its first four bits are not 6
 * @SXT_WHY_SOURCE: a source address that no packet may have there (RFC 4291
 *	2.5, 2.7)
 * @SXT_WHY_DESTINATION: a destination address that no packet may have there
 *	(RFC 4291 2.5, 2.7)
 * @SXT_WHY_STRONG_HOST: to an own address that the interface does not have, and
 *	strong_host is set (RFC 1122 3.3.4.2)
 * @SXT_WHY_TRUNCATED: the payload length says more than came
 * @SXT_WHY_LENGTH_ZERO: payload length 0, and it is no jumbogram that this node
 *	takes
 * @SXT_WHY_GROUP_NOT_JOINED: to a group that the interface is not in
 * @SXT_WHY_GROUP_SOURCE: to a group, from a source that nobody here wants to
 *	hear
 * @SXT_WHY_UNKNOWN_PROTOCOL: the last header is of a protocol that nobody here
 *	speaks
 * @SXT_WHY_INNER_HEADER: in a tunnel in UDP, an extension header where a
 *	protocol should be
 * @SXT_WHY_POLICY: a policy of XFRM forbids it
 * @SXT_WHY_HEADERS_TOO_MANY: more than 8 extension headers
 * @SXT_WHY_HEADERS_LONG: extension headers that are longer together than
 *	max_ext_chain_length
 * @SXT_WHY_EXT_CUT: it ends before an extension header has 8 bytes
 * @SXT_WHY_EXT_PAST_END: an extension header leads out of the packet
 * @SXT_WHY_EXT_LONG: an options header longer than max_hbh_length,
 *	max_dst_opts_length
 * @SXT_WHY_OPTION_PAST_END: an option leads out of its header
 * @SXT_WHY_OPTION_LENGTH: a router alert or jumbo payload option of another
 *	length than theirs
 * @SXT_WHY_OPTION_TWICE: a second router alert
 * @SXT_WHY_OPTION_UNKNOWN: an unknown option that says so, or any where a knob
 *	is below 0
 * @SXT_WHY_OPTIONS_TOO_MANY: more options than max_hbh_opts_number,
 *	max_dst_opts_number
 * @SXT_WHY_PADDING_LONG: more than 7 bytes of padding in a row
 * @SXT_WHY_PADDING_DATA: padding that is not zero
 * @SXT_WHY_ROUTING_SEGMENTS: a routing header with segments left
 * @SXT_WHY_FRAGMENT_INSIDE: a fragment in what has been a fragment
 * @SXT_WHY_FRAGMENT_CUT: shorter than its fragment header
 * @SXT_WHY_FRAGMENT_JUMBO: a fragment header in a jumbogram
 * @SXT_WHY_FRAGMENT_CHAIN: a first fragment without all headers (RFC 7112)
 * @SXT_WHY_FRAGMENT_ODD: not the last, and not a multiple of 8 bytes
 * @SXT_WHY_FRAGMENT_LONG: the datagram would have more than 65535 bytes
 * @SXT_WHY_FRAGMENT_EMPTY: a fragment without data
 * @SXT_WHY_FRAGMENT_ENDS: it says of the datagram's end what another denies;
 *	the datagram goes
 * @SXT_WHY_FRAGMENT_OVERLAP: it overlaps another (RFC 5722); the datagram goes
 * @SXT_WHY_FRAGMENT_TWICE: the double of one that is there
 * @SXT_WHY_FRAGMENT_LATE: of a datagram that has just been given up, or is
 *	whole
 * @SXT_WHY_FRAGMENT_MEMORY: of a new datagram, and ip6frag_high_thresh is
 *	reached
 * @SXT_WHY_FRAGMENT_ECN: the last of a datagram whose congestion marks
 *	contradict each other (RFC 3168 5.3)
 * @SXT_WHY_NOT_A_ROUTER: for another node, and this one does not forward
 * @SXT_WHY_FORWARD_FRAME: for another node, in a frame to many
 * @SXT_WHY_FORWARD_SOCKET: for another node, and a socket of this one has it
 * @SXT_WHY_FORWARD_LRO: for another node, and the device has put it together
 *	for this one
 * @SXT_WHY_FORWARD_ADDRESS: for another node, an address that no router takes
 *	on (RFC 4291 2.5.2, 2.5.3)
 * @SXT_WHY_FORWARD_SOURCE: a link-local source, on its way to another link
 * @SXT_WHY_FORWARD_DESTINATION: a link-local destination of another link
 * @SXT_WHY_FORWARD_BACK: for another node of the subnet of a point-to-point
 *	link, and came by that link (RFC 4443 3.1)
 * @SXT_WHY_FORWARD_TOO_BIG: for another node, longer than the next link takes
 * @SXT_WHY_HOP_LIMIT: its hop limit is used up
 * @SXT_WHY_IN_NO_ROUTE: came in, and there is no route
 * @SXT_WHY_IN_UNREACHABLE: came in, for an unreachable route
 * @SXT_WHY_IN_PROHIBITED: came in, for a prohibiting route
 * @SXT_WHY_IN_BLACKHOLE: came in, for a black hole
 * @SXT_WHY_OUT_NO_ROUTE: of this node, and there is no route
 * @SXT_WHY_OUT_UNREACHABLE: of this node, for an unreachable route
 * @SXT_WHY_OUT_PROHIBITED: of this node, for a prohibiting route
 * @SXT_WHY_OUT_BLACKHOLE: of this node, for a black hole
 * @SXT_WHY_NEIGHBOUR_NONE: no room for the next hop among the neighbours
 * @SXT_WHY_NEIGHBOUR_FAILED: the next hop does not answer
 * @SXT_WHY_OUT_TOO_BIG: longer than its path takes, and not to be cut
 * @SXT_WHY_OUT_CHAIN: its headers can not all be in a first
 *	fragment
 * @SXT_WHY_FRAGMENT_REFUSED: cut, and one of its fragments did not get out
 * @SXT_WHY_SEGMENTATION: many segments that could not be cut
 * @SXT_WHY_CGROUP_EGRESS: a program of the sender's cgroup forbids it
 * @SXT_WHY_BRIDGE_FRAGMENT: put together on a bridge, of fragments that are too
 *	long for the port it leaves by
 * @SXT_WHY_SEND_FAULT: the sender's memory could not be read
 * @SXT_WHY_SEND_INVALID: segments or a checksum that do not fit the sender's
 *	data
 * @SXT_WHY_SEND_FLUSHED: parts of a datagram (MSG_MORE) that was never finished
 * @SXT_WHY_ICMP_CUT: shorter than an ICMPv6 header
 * @SXT_WHY_ICMP_CHECKSUM: the checksum is wrong
 * @SXT_WHY_ICMP_TYPE: no error, of a type that the stack itself has no use for
 * @SXT_WHY_ECHO_IGNORED: an echo request, and icmp.echo_ignore_* is set
 * @SXT_WHY_ECHO_SOURCE: an echo request of the unspecified address
 * @SXT_WHY_ECHO_RATE: one echo request more than the rate limits let be
 *	answered
 * @SXT_WHY_ECHO_NO_ROUTE: an echo request, and there is no way back
 * @SXT_WHY_ECHO_REPLY: an echo reply that no ping socket has asked for
 * @SXT_WHY_ERROR_CUT: an error that quotes too little to say whose packet it is
 *	about
 * @SXT_WHY_ERROR_MTU: a Packet Too Big of less than 1280
 * @SXT_WHY_ERROR_SOURCE: a Packet Too Big about a packet that is not from this
 *	node
 * @SXT_WHY_ERROR_NOBODYS: an error about what nobody here has sent
 * @SXT_WHY_ND_SHORT: shorter than its type demands
 * @SXT_WHY_ND_FRAGMENT: it came in fragments (RFC 6980)
 * @SXT_WHY_ND_HOP_LIMIT: hop limit not 255
 * @SXT_WHY_ND_CODE: code not 0
 * @SXT_WHY_ND_SOURCE: a source that this type may not have
 * @SXT_WHY_ND_DESTINATION: a destination that this message may not have
 * @SXT_WHY_ND_TARGET: a target that it may not have
 * @SXT_WHY_ND_SOLICITED: an advertisement to a group, as if it had been asked
 *	for
 * @SXT_WHY_ND_OPTION: an option of a length that can't be
 * @SXT_WHY_ND_OPTION_SOURCE: it says where the unspecified address is
 * @SXT_WHY_ND_OTHERS: a solicitation for an address that is not this node's
 * @SXT_WHY_ND_OWN_PROBE: a probe for duplicates that came back to its sender
 *	(RFC 7527)
 * @SXT_WHY_ND_UNSOLICITED: an advertisement that nobody asked for, and
 *	drop_unsolicited_na is set
 * @SXT_WHY_ND_PROXY_QUEUE: one solicitation more than proxy_qlen to be answered
 *	later
 * @SXT_WHY_ND_QUEUE: one message more than wait for their work
 * @SXT_WHY_ND_RA_RATE: one router advertisement more than are looked at
 * @SXT_WHY_ND_REDIRECT_RATE: one redirect more than are looked at
 * @SXT_WHY_MLD_SHORT: of a length that no such message has
 * @SXT_WHY_MLD_SOURCE: the source is not link-local
 * @SXT_WHY_MLD_HOP_LIMIT: a query with a hop limit other than 1
 * @SXT_WHY_MLD_ALERT: a query without the router alert
 * @SXT_WHY_MLD_GROUP: its group is none
 * @SXT_WHY_MLD_SOURCES: a query with more sources than came, or sources of no
 *	group
 * @SXT_WHY_MLD_RATE: one query more than are looked at
 * @SXT_WHY_MLD_QUEUE: one message more than wait for their work
 * @SXT_WHY_NO_SOCKET: a datagram for a port that nobody has
 * @SXT_WHY_UDP_LENGTH: shorter than its header, or its length field says more
 *	than came
 * @SXT_WHY_UDP_COVERAGE: UDP-Lite, and the coverage is less than the header or
 *	more than came
 * @SXT_WHY_UDP_LITTLE_COVERED: UDP-Lite, and less is covered than the socket
 *	wants
 * @SXT_WHY_UDP_NO_CHECKSUM: no checksum, and the socket does not allow that
 * @SXT_WHY_UDP_CHECKSUM: the checksum is wrong
 * @SXT_WHY_RAW_CHECKSUM: wrong where IPV6_CHECKSUM says that the checksum is
 * @SXT_WHY_SOCKET_FILTER: the socket's filter does not want it
 * @SXT_WHY_SOCKET_BUFFER: the socket's queue is full
 * @SXT_WHY_SOCKET_MEMORY: the protocol has used up its memory
 * @SXT_WHY_READ_FAULT: the reader's memory could not be written
 * @SXT_WHYS: how many there are
 */
enum sxt_why {
	SXT_WHY_NOT,
	/* Frames and the IPv6 header */
	SXT_WHY_FRAME_OTHERHOST,
	SXT_WHY_FRAME_TO_MANY,
	SXT_WHY_DISABLED,
	SXT_WHY_NO_MEMORY,
	SXT_WHY_HEADER_CUT,
	SXT_WHY_VERSION,
	SXT_WHY_SOURCE,
	SXT_WHY_DESTINATION,
	SXT_WHY_STRONG_HOST,
	SXT_WHY_TRUNCATED,
	SXT_WHY_LENGTH_ZERO,
	SXT_WHY_GROUP_NOT_JOINED,
	SXT_WHY_GROUP_SOURCE,
	SXT_WHY_UNKNOWN_PROTOCOL,
	SXT_WHY_INNER_HEADER,
	SXT_WHY_POLICY,
	/* Extension headers and options */
	SXT_WHY_HEADERS_TOO_MANY,
	SXT_WHY_HEADERS_LONG,
	SXT_WHY_EXT_CUT,
	SXT_WHY_EXT_PAST_END,
	SXT_WHY_EXT_LONG,
	SXT_WHY_OPTION_PAST_END,
	SXT_WHY_OPTION_LENGTH,
	SXT_WHY_OPTION_TWICE,
	SXT_WHY_OPTION_UNKNOWN,
	SXT_WHY_OPTIONS_TOO_MANY,
	SXT_WHY_PADDING_LONG,
	SXT_WHY_PADDING_DATA,
	SXT_WHY_ROUTING_SEGMENTS,
	/* Fragments */
	SXT_WHY_FRAGMENT_INSIDE,
	SXT_WHY_FRAGMENT_CUT,
	SXT_WHY_FRAGMENT_JUMBO,
	SXT_WHY_FRAGMENT_CHAIN,
	SXT_WHY_FRAGMENT_ODD,
	SXT_WHY_FRAGMENT_LONG,
	SXT_WHY_FRAGMENT_EMPTY,
	SXT_WHY_FRAGMENT_ENDS,
	SXT_WHY_FRAGMENT_OVERLAP,
	SXT_WHY_FRAGMENT_TWICE,
	SXT_WHY_FRAGMENT_LATE,
	SXT_WHY_FRAGMENT_MEMORY,
	SXT_WHY_FRAGMENT_ECN,
	/* Packets for others, and routes */
	SXT_WHY_NOT_A_ROUTER,
	SXT_WHY_FORWARD_FRAME,
	SXT_WHY_FORWARD_SOCKET,
	SXT_WHY_FORWARD_LRO,
	SXT_WHY_FORWARD_ADDRESS,
	SXT_WHY_FORWARD_SOURCE,
	SXT_WHY_FORWARD_DESTINATION,
	SXT_WHY_FORWARD_BACK,
	SXT_WHY_FORWARD_TOO_BIG,
	SXT_WHY_HOP_LIMIT,
	SXT_WHY_IN_NO_ROUTE,
	SXT_WHY_IN_UNREACHABLE,
	SXT_WHY_IN_PROHIBITED,
	SXT_WHY_IN_BLACKHOLE,
	SXT_WHY_OUT_NO_ROUTE,
	SXT_WHY_OUT_UNREACHABLE,
	SXT_WHY_OUT_PROHIBITED,
	SXT_WHY_OUT_BLACKHOLE,
	/* On the way out */
	SXT_WHY_NEIGHBOUR_NONE,
	SXT_WHY_NEIGHBOUR_FAILED,
	SXT_WHY_OUT_TOO_BIG,
	SXT_WHY_OUT_CHAIN,
	SXT_WHY_FRAGMENT_REFUSED,
	SXT_WHY_SEGMENTATION,
	SXT_WHY_CGROUP_EGRESS,
	SXT_WHY_BRIDGE_FRAGMENT,
	SXT_WHY_SEND_FAULT,
	SXT_WHY_SEND_INVALID,
	SXT_WHY_SEND_FLUSHED,
	/* ICMPv6 */
	SXT_WHY_ICMP_CUT,
	SXT_WHY_ICMP_CHECKSUM,
	SXT_WHY_ICMP_TYPE,
	SXT_WHY_ECHO_IGNORED,
	SXT_WHY_ECHO_SOURCE,
	SXT_WHY_ECHO_RATE,
	SXT_WHY_ECHO_NO_ROUTE,
	SXT_WHY_ECHO_REPLY,
	SXT_WHY_ERROR_CUT,
	SXT_WHY_ERROR_MTU,
	SXT_WHY_ERROR_SOURCE,
	SXT_WHY_ERROR_NOBODYS,
	/* Neighbour discovery (RFC 4861) */
	SXT_WHY_ND_SHORT,
	SXT_WHY_ND_FRAGMENT,
	SXT_WHY_ND_HOP_LIMIT,
	SXT_WHY_ND_CODE,
	SXT_WHY_ND_SOURCE,
	SXT_WHY_ND_DESTINATION,
	SXT_WHY_ND_TARGET,
	SXT_WHY_ND_SOLICITED,
	SXT_WHY_ND_OPTION,
	SXT_WHY_ND_OPTION_SOURCE,
	SXT_WHY_ND_OTHERS,
	SXT_WHY_ND_OWN_PROBE,
	SXT_WHY_ND_UNSOLICITED,
	SXT_WHY_ND_PROXY_QUEUE,
	SXT_WHY_ND_QUEUE,
	SXT_WHY_ND_RA_RATE,
	SXT_WHY_ND_REDIRECT_RATE,
	/* Listener protocol (RFC 3810) */
	SXT_WHY_MLD_SHORT,
	SXT_WHY_MLD_SOURCE,
	SXT_WHY_MLD_HOP_LIMIT,
	SXT_WHY_MLD_ALERT,
	SXT_WHY_MLD_GROUP,
	SXT_WHY_MLD_SOURCES,
	SXT_WHY_MLD_RATE,
	SXT_WHY_MLD_QUEUE,
	/* UDP and sockets */
	SXT_WHY_NO_SOCKET,
	SXT_WHY_UDP_LENGTH,
	SXT_WHY_UDP_COVERAGE,
	SXT_WHY_UDP_LITTLE_COVERED,
	SXT_WHY_UDP_NO_CHECKSUM,
	SXT_WHY_UDP_CHECKSUM,
	SXT_WHY_RAW_CHECKSUM,
	SXT_WHY_SOCKET_FILTER,
	SXT_WHY_SOCKET_BUFFER,
	SXT_WHY_SOCKET_MEMORY,
	SXT_WHY_READ_FAULT,
	SXT_WHYS
};

#endif /* SXT_WHY_H */
