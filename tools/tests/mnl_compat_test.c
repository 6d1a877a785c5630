// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls every function of tools/sextant/mnl_compat on well-formed, malformed
 * and random input and prints each result.  Linked once with libmnl and once
 * with mnl_compat it must print the same; tools/tests/mnl-compat compares the
 * two.  It judges nothing by itself, and leaves out what libmnl leaves
 * undefined: getters on attributes that mnl_attr_ok() did not take, a batch
 * whose last message is longer than all before it (libmnl 1.0.4 copies it onto
 * itself), and the padding behind a value (libmnl leaves what was there,
 * mnl_compat zeroes it).
 */
#include <libmnl/libmnl.h>

#include <errno.h>
#include <linux/genetlink.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define ROUNDS 20000

static unsigned long long random_state = 1;

static unsigned int random_below(unsigned int limit)
{
	random_state = random_state * 6364136223846793005ULL +
		       1442695040888963407ULL;
	return (random_state >> 33) % limit;
}

static void print_bytes(const char *what, const void *data, size_t len)
{
	const unsigned char *p = data;

	printf("%s:", what);
	while (len--)
		printf(" %02x", *p++);
	putchar('\n');
}

/* Prints a result with the errno that came with it. */
static void print_result(const char *what, long result)
{
	printf("%s: %ld, errno %d\n", what, result, errno);
	errno = 0;
}

/* A message that has every kind of attribute, in a nest and outside. */
static struct nlmsghdr *build(void *buf)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlattr *outer, *inner;
	struct genlmsghdr *genl;

	nlh->nlmsg_type = 0x1234;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = 77;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = 3;
	genl->version = 1;
	mnl_attr_put_u8(nlh, 1, 0xa5);
	mnl_attr_put_u16(nlh, 2, 0xbeef);
	mnl_attr_put_u32(nlh, 3, 0xdeadbeef);
	mnl_attr_put_u64(nlh, 4, 0x0123456789abcdefULL);
	mnl_attr_put_str(nlh, 5, "no end");
	mnl_attr_put_strz(nlh, 6, "an end");
	mnl_attr_put(nlh, 7, 0, NULL);
	outer = mnl_attr_nest_start(nlh, 8);
	mnl_attr_put(nlh, 9, 5, "12345");
	inner = mnl_attr_nest_start(nlh, 10);
	mnl_attr_put_u64(nlh, 4, 1);
	mnl_attr_nest_end(nlh, inner);
	inner = mnl_attr_nest_start(nlh, 11);
	mnl_attr_put_strz(nlh, 6, "taken out again");
	mnl_attr_nest_cancel(nlh, inner);
	mnl_attr_nest_end(nlh, outer);
	mnl_attr_put_strz(nlh, 12, "end");
	return nlh;
}

static void test_build(void)
{
	alignas(8) char buf[1024];
	struct nlmsghdr *nlh;

	memset(buf, 0, sizeof(buf));
	nlh = build(buf);
	print_bytes("built", buf, nlh->nlmsg_len);
	printf("size %zu payload %zu offset %td tail %td\n",
	       mnl_nlmsg_size(13), mnl_nlmsg_get_payload_len(nlh),
	       (char *)mnl_nlmsg_get_payload_offset(nlh, 5) - buf,
	       (char *)mnl_nlmsg_get_payload_tail(nlh) - buf);
}

static unsigned int put_all_checked(struct nlmsghdr *nlh, size_t room)
{
	unsigned int took = 0;
	struct nlattr *nest;

	took |= mnl_attr_put_u8_check(nlh, room, 1, 1) << 0;
	took |= mnl_attr_put_u16_check(nlh, room, 2, 2) << 1;
	took |= mnl_attr_put_u32_check(nlh, room, 3, 3) << 2;
	took |= mnl_attr_put_u64_check(nlh, room, 4, 4) << 3;
	took |= mnl_attr_put_str_check(nlh, room, 5, "five") << 4;
	took |= mnl_attr_put_strz_check(nlh, room, 6, "six.") << 5;
	took |= mnl_attr_put_check(nlh, room, 7, 3, "sev") << 6;
	nest = mnl_attr_nest_start_check(nlh, room, 8);
	if (!nest)
		return took;
	mnl_attr_nest_end(nlh, nest);
	return took | 1 << 7;
}

static void test_put_check(void)
{
	alignas(8) char buf[256];
	size_t room;

	for (room = 16; room < 120; room++) {
		struct nlmsghdr *nlh;

		memset(buf, 0, sizeof(buf));
		nlh = mnl_nlmsg_put_header(buf);
		printf("room %zu took %x", room, put_all_checked(nlh, room));
		print_bytes("", buf, nlh->nlmsg_len);
	}
}

/* Prints an attribute, and those in it as far as @depth goes. */
static int show_attr(const struct nlattr *attr, void *data)
{
	int depth = *(int *)data;
	uint16_t len = mnl_attr_get_payload_len(attr);
	unsigned int type = mnl_attr_get_type(attr);

	printf("attr %d type %u len %u", depth, type, mnl_attr_get_len(attr));
	if (len >= 1)
		printf(" u8 %u", mnl_attr_get_u8(attr));
	if (len >= 2)
		printf(" u16 %u", mnl_attr_get_u16(attr));
	if (len >= 4)
		printf(" u32 %u", mnl_attr_get_u32(attr));
	if (len >= 8)
		printf(" u64 %llu",
		       (unsigned long long)mnl_attr_get_u64(attr));
	if (!mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
		printf(" str %s", mnl_attr_get_str(attr));
	print_bytes("", mnl_attr_get_payload(attr), len);
	errno = 0;
	print_result("type valid", mnl_attr_type_valid(attr, 10));
	if (type == 13)
		return MNL_CB_STOP;
	if (type == 14) {
		errno = ENOTTY;
		return MNL_CB_ERROR;
	}
	if (attr->nla_type & NLA_F_NESTED && depth) {
		int below = depth - 1;

		return mnl_attr_parse_nested(attr, show_attr, &below);
	}
	return MNL_CB_OK;
}

static void count_iterators(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	unsigned int n = 0, nested = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		const struct nlattr *outer = attr;

		n++;
		mnl_attr_for_each_nested(attr, outer)
			nested++;
		attr = outer;
	}
	printf("iterated %u nested %u", n, nested);
	n = 0;
	mnl_attr_for_each_payload(mnl_nlmsg_get_payload(nlh),
				  mnl_nlmsg_get_payload_len(nlh))
		n++;
	printf(" payload %u\n", n);
}

static void test_parse(void)
{
	alignas(8) char good[1024] = { 0 }, bad[1024];
	size_t len = build(good)->nlmsg_len;
	int depth = 2;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct nlmsghdr *nlh = (void *)bad;
		unsigned int changes = i ? 1 + random_below(4) : 0;
		int cut = i ? random_below(len + 20) : len;

		/* Behind the message lies what no parser should reach. */
		memset(bad, 0xff, sizeof(bad));
		memcpy(bad, good, len);
		while (changes--)
			bad[16 + random_below(len - 16)] = random_below(64);
		if (i % 3)
			nlh->nlmsg_len = 16 + random_below(len);
		printf("round %u ok %d\n", i, mnl_nlmsg_ok(nlh, cut));
		if (!mnl_nlmsg_ok(nlh, sizeof(bad)))
			continue;
		errno = 0;
		print_result("parse",
			     mnl_attr_parse(nlh, sizeof(struct genlmsghdr),
					    show_attr, &depth));
		print_result("payload",
			     mnl_attr_parse_payload(bad + 20, len - 20,
						    show_attr, &depth));
		count_iterators(nlh);
	}
}

static void test_validate(void)
{
	alignas(8) char buf[64];
	struct nlattr *attr = (void *)buf;
	size_t len, exact;
	int type;

	for (len = 0; len < 20; len++) {
		memset(buf, len % 2, sizeof(buf));
		attr->nla_len = MNL_ATTR_HDRLEN + len;
		for (type = -1; type <= MNL_TYPE_MAX + 1; type++) {
			printf("validate len %zu type %d ", len, type);
			errno = 0;
			print_result("", mnl_attr_validate(attr, type));
			for (exact = 0; exact < 12; exact++)
				print_result("2",
					     mnl_attr_validate2(attr, type,
								exact));
		}
	}
}

static void test_ok(void)
{
	alignas(8) char buf[64] = { 0 };
	struct nlmsghdr *nlh = (void *)buf;
	struct nlattr *attr = (void *)buf;
	int len;

	for (len = -40; len < 40; len++) {
		unsigned int claim;

		for (claim = 0; claim < 40; claim++) {
			int left = len;

			attr->nla_len = claim;
			printf("%d", mnl_attr_ok(attr, len));
			if (claim)
				printf("/%td",
				       (char *)mnl_attr_next(attr) - buf);
			nlh->nlmsg_len = claim;
			printf("/%d", mnl_nlmsg_ok(nlh, len));
			printf("/%td", (char *)mnl_nlmsg_next(nlh, &left) -
			       buf);
			printf("/%d ", left);
		}
		putchar('\n');
	}
}

static int see_message(const struct nlmsghdr *nlh, void *data)
{
	int *stop_at = data;

	printf("data type %u seq %u\n", nlh->nlmsg_type, nlh->nlmsg_seq);
	if (nlh->nlmsg_type == 0x99) {
		errno = EXDEV;
		return MNL_CB_ERROR;
	}
	return --*stop_at ? MNL_CB_OK : MNL_CB_STOP;
}

static int see_control(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	printf("control type %u\n", nlh->nlmsg_type);
	return nlh->nlmsg_type == NLMSG_DONE ? MNL_CB_STOP : MNL_CB_OK;
}

static size_t random_messages(char *buf, size_t room)
{
	static const uint16_t types[] = {
		NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN, 5, 15,
		NLMSG_MIN_TYPE, 0x99, 0x1000, 0x1000, 0x1000, 0x1000,
	};
	static const int errors[] = { 0, -EPERM, EPERM, -ENOENT, -105 };
	size_t used = 0;

	while (used + 128 < room && random_below(6)) {
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf + used);
		int *error;

		nlh->nlmsg_type = types[random_below(MNL_ARRAY_SIZE(types))];
		nlh->nlmsg_seq = random_below(8) ? 9 : random_below(11);
		nlh->nlmsg_pid = random_below(8) ? 5 : random_below(7);
		if (!random_below(12))
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		if (nlh->nlmsg_type == NLMSG_ERROR && random_below(8)) {
			error = mnl_nlmsg_put_extra_header(nlh,
							   random_below(8) ?
							   sizeof(struct nlmsgerr) :
							   8);
			*error = errors[random_below(MNL_ARRAY_SIZE(errors))];
		}
		if (!random_below(10))
			nlh->nlmsg_len -= random_below(20);
		used += MNL_ALIGN(nlh->nlmsg_len);
	}
	return used - (used && !random_below(5) ? random_below(8) : 0);
}

static void test_callbacks(void)
{
	mnl_cb_t control[] = {
		[NLMSG_NOOP] = see_control,
		[NLMSG_DONE] = see_control,
		[NLMSG_OVERRUN] = see_control,
	};
	alignas(8) char buf[1024];
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		unsigned int seq = random_below(4) ? 9 : 0;
		unsigned int port = random_below(4) ? 5 : 0;
		int stop = 1 + random_below(6);
		size_t len;

		memset(buf, 0, sizeof(buf));
		len = random_messages(buf, sizeof(buf));
		printf("round %u of %zu\n", i, len);
		errno = ENOLCK;
		print_result("run", mnl_cb_run(buf, len, seq, port,
					       i % 7 ? see_message : NULL,
					       &stop));
		stop = 3;
		errno = ENOLCK;
		print_result("run2", mnl_cb_run2(buf, len, seq, port,
						 see_message, &stop, control,
						 i % (MNL_ARRAY_SIZE(control) + 1)));
		print_result("run2 without",
			     mnl_cb_run2(buf, len, seq, port, NULL, NULL, NULL,
					 i % 5));
		for (unsigned int s = 8; s < 11; s++)
			printf("%d%d ",
			       mnl_nlmsg_seq_ok((void *)buf, s),
			       mnl_nlmsg_portid_ok((void *)buf, s - 4));
		putchar('\n');
	}
}

static const char value[60] = "the value of each message";

static void test_batch(void)
{
	alignas(8) char buf[400];
	struct mnl_nlmsg_batch *b;
	unsigned int i;

	memset(buf, 0, sizeof(buf));
	b = mnl_nlmsg_batch_start(buf, 200);
	for (i = 0; i < 200; i++) {
		void *at = mnl_nlmsg_batch_current(b);
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);
		bool took;

		nlh->nlmsg_seq = i;
		mnl_attr_put(nlh, i, 4 * random_below(sizeof(value) / 4), value);
		took = mnl_nlmsg_batch_next(b);
		printf("batch at %td took %d size %zu empty %d\n",
		       (char *)at - buf, took, mnl_nlmsg_batch_size(b),
		       mnl_nlmsg_batch_is_empty(b));
		if (took && random_below(20))
			continue;
		print_bytes("send", mnl_nlmsg_batch_head(b),
			    mnl_nlmsg_batch_size(b));
		mnl_nlmsg_batch_reset(b);
		printf("reset size %zu empty %d current %td\n",
		       mnl_nlmsg_batch_size(b), mnl_nlmsg_batch_is_empty(b),
		       (char *)mnl_nlmsg_batch_current(b) - buf);
	}
	mnl_nlmsg_batch_stop(b);
}

static int see_family(const struct nlattr *attr, void *data)
{
	(void)data;
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_NAME)
		printf("family %s\n", mnl_attr_get_str(attr));
	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		printf("id %u\n", mnl_attr_get_u16(attr));
	return MNL_CB_OK;
}

static int see_reply(const struct nlmsghdr *nlh, void *data)
{
	(void)data;
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), see_family, NULL);
}

/* Asks the kernel for a generic netlink family, or for all. */
static void ask(struct mnl_socket *nl, const char *name, size_t room)
{
	alignas(8) char buf[32768];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;
	ssize_t n;
	int ret;

	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | (name ? NLM_F_ACK : NLM_F_DUMP);
	nlh->nlmsg_seq = 4711;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	if (name)
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, name);
	errno = 0;
	n = mnl_socket_sendto(nl, nlh, nlh->nlmsg_len);
	print_result("sent", n);
	do {
		n = mnl_socket_recvfrom(nl, buf, room);
		if (n < 0) {
			print_result("receive", n);
			return;
		}
		ret = mnl_cb_run(buf, n, 4711, mnl_socket_get_portid(nl),
				 see_reply, NULL);
	} while (ret == MNL_CB_OK);
	print_result("asked", ret);
}

static void test_socket(void)
{
	struct mnl_socket *nl, *same;
	socklen_t len = sizeof(int);
	int value = 1, fd;

	errno = 0;
	print_result("bad bus", !!mnl_socket_open(9999));
	nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!nl) {
		print_result("open", 0);
		exit(1);
	}
	printf("port before %u\n", mnl_socket_get_portid(nl));
	print_result("bind", mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID));
	printf("port after %d\n", !!mnl_socket_get_portid(nl));
	print_result("set", mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &value,
						  sizeof(value)));
	value = 0;
	print_result("get", mnl_socket_getsockopt(nl, NETLINK_CAP_ACK, &value,
						  &len));
	printf("value %d len %u\n", value, len);
	print_result("bad option", mnl_socket_setsockopt(nl, 9999, &value,
							 sizeof(value)));
	ask(nl, "nlctrl", 32768);
	ask(nl, "no such family", 32768);
	ask(nl, NULL, 32768);
	ask(nl, "nlctrl", 20);
	/* The acknowledgment of the last one is still there, and not ours. */
	fd = mnl_socket_get_fd(nl);
	same = mnl_socket_fdopen(dup(fd));
	printf("same port %d\n", same && mnl_socket_get_portid(same) ==
	       mnl_socket_get_portid(nl));
	if (same)
		print_result("close same", mnl_socket_close(same));
	print_result("fdopen none", !!mnl_socket_fdopen(9999));
	print_result("close", mnl_socket_close(nl));
	print_result("closed", write(fd, "", 0));
	nl = mnl_socket_open(NETLINK_GENERIC);
	print_result("open", !!nl);
	if (nl)
		mnl_socket_close(nl);
}

int main(void)
{
	test_build();
	test_put_check();
	test_ok();
	test_validate();
	test_parse();
	test_callbacks();
	test_batch();
	test_socket();
	return 0;
}
