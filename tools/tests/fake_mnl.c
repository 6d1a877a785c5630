// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands in for libmnl's socket calls in tests of the command: logs each
 * request, answers as the kernel would, refuses what it is told to refuse, and
 * sees to it that keys are wiped. Says nothing about what the kernel accepts.
 *
 * Environment: FAKE_LOG=1 print the requests. FAKE_REFUSE="N ERRNO [ATTR[.SUB]
 * [SENTENCE]]" refuse request N (0 is the first after the look-up of the
 * family) and all behind it, pointing at an attribute by number (0: none; a
 * minus sign: that it is missing). FAKE_FAMILY=N: the family is found N times
 * only. FAKE_LOADED=N: its number is another one once it was found N times.
 * FAKE_INTR=N: the first N dumps are interrupted. FAKE_LOST=1: an event is
 * lost before the first, FAKE_LOST=2: behind the last. FAKE_COOKIE=N: refusals
 * blame the request with this sequence number.
 * FAKE_ECHO=1: changes are answered although nobody asked. FAKE_TEXT=1: at a
 * commit no key stands in memory as text any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/sextant.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "desc.h"

#define FAMILY		0x1d
#define QUEUE_MAX	512
#define DATAGRAM_MAX	2048
#define KEYS_MAX	512

struct mnl_socket {
	int fd;
};

static struct datagram {
	size_t len;
	uint64_t data[DATAGRAM_MAX / 8];
} queue[QUEUE_MAX];

static unsigned int head, tail;

/* Where keys were in the buffers of the command, and what they were. */
static struct seen_key {
	const void *at;
	size_t len;
	unsigned char copy[SEXTANT_KEY_MAX];
} keys[KEYS_MAX];

static unsigned int key_count;
static unsigned int requests;
static unsigned int dumps;
static unsigned int lookups;
static int events_fd = -1;
static bool in_transaction, failed;

static void broken(const char *why)
{
	fprintf(stderr, "fake: %s\n", why);
	_exit(99);
}

static struct nlmsghdr *answer(const struct nlmsghdr *to, uint16_t type)
{
	struct datagram *d = &queue[tail++ % QUEUE_MAX];
	struct nlmsghdr *nlh;

	if (tail - head > QUEUE_MAX)
		broken("more answers than a socket holds");
	memset(d, 0, sizeof(*d));
	nlh = mnl_nlmsg_put_header(d->data);
	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = to ? to->nlmsg_seq : 0;
	nlh->nlmsg_pid = 1;
	return nlh;
}

static void done(const struct nlmsghdr *nlh)
{
	queue[(tail - 1) % QUEUE_MAX].len = nlh->nlmsg_len;
	if (events_fd >= 0)
		eventfd_write(events_fd, 1);
}

static struct nlmsghdr *data(const struct nlmsghdr *to, uint8_t cmd)
{
	struct nlmsghdr *nlh = answer(to, FAMILY);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

/* Offset of top-level attribute @type, or of @sub in it. */
static uint32_t offset_of(const struct nlmsghdr *nlh, int type, int sub)
{
	const struct nlattr *attr = sxt_desc_find(sxt_span_of(nlh), type);

	if (attr && sub)
		attr = sxt_desc_find(sxt_span_in(attr), sub);
	return attr ? (const char *)attr - (const char *)nlh : 0;
}

static void ack(const struct nlmsghdr *to, int error, int type, int sub,
		const char *sentence)
{
	struct nlmsghdr *nlh = answer(to, NLMSG_ERROR);
	struct nlmsgerr *e = mnl_nlmsg_put_extra_header(nlh, sizeof(*e));

	e->error = -error;
	e->msg = *to;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	if (error && getenv("FAKE_COOKIE")) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_u64(nlh, NLMSGERR_ATTR_COOKIE,
				 atoi(getenv("FAKE_COOKIE")));
	}
	if (sentence && *sentence) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, sentence);
	}
	if (type > 0) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS,
				 offset_of(to, type, sub));
	} else if (type < 0) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_MISS_TYPE, -type);
	}
	done(nlh);
}

static void group(struct nlmsghdr *nlh, const char *name, uint32_t id)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, 1);

	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_nest_end(nlh, nest);
}

static void family(const struct nlmsghdr *to)
{
	const char *times = getenv("FAKE_FAMILY");
	const char *loaded = getenv("FAKE_LOADED");
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	bool other;

	other = loaded && lookups >= (unsigned int)atoi(loaded);
	if (times && lookups >= (unsigned int)atoi(times)) {
		ack(to, ENOENT, 0, 0, NULL);
		return;
	}
	nlh = data(to, CTRL_CMD_NEWFAMILY);
	lookups++;
	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY + other);
	nest = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group(nlh, "sa", 5);
	group(nlh, "policy", 6);
	mnl_attr_nest_end(nlh, nest);
	done(nlh);
	ack(to, 0, 0, 0, NULL);
}

static void put_drop(struct nlmsghdr *nlh, uint16_t type, uint32_t reason,
		     uint64_t count)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	mnl_attr_put_u32(nlh, SEXTANT_A_COUNT_DROP, reason);
	mnl_attr_put_u64(nlh, SEXTANT_A_COUNT_PACKETS, count);
	mnl_attr_nest_end(nlh, nest);
}

static void put_addr(struct nlmsghdr *nlh, uint16_t type, const char *text)
{
	bool v6 = strchr(text, ':');
	unsigned char addr[16];

	inet_pton(v6 ? AF_INET6 : AF_INET, text, addr);
	mnl_attr_put(nlh, type, v6 ? 16 : 4, addr);
}

static void put_sa(struct nlmsghdr *nlh, int full)
{
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, SEXTANT_A_SA_ID, 7);
	mnl_attr_put_strz(nlh, SEXTANT_A_SA_NAME, "to \"b\"\033[m");
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_DIRECTION, SEXTANT_DIRECTION_OUT);
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_PROTOCOL, SEXTANT_PROTOCOL_ESP);
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_SPI, htonl(0x1001));
	put_addr(nlh, SEXTANT_A_SA_SRC, "2001:db8::1");
	put_addr(nlh, SEXTANT_A_SA_DST, "2001:db8::2");
	if (!full)
		return;
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_MODE, SEXTANT_MODE_TUNNEL);
	mnl_attr_put_strz(nlh, SEXTANT_A_SA_ALG, "aes-gcm");
	mnl_attr_put(nlh, SEXTANT_A_SA_FINGERPRINT, 8,
		     "\x01\x23\x45\x67\x89\xab\xcd\xef");
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_WINDOW, 0);
	mnl_attr_put(nlh, SEXTANT_A_SA_ESN, 0, NULL);
	mnl_attr_put_u64(nlh, SEXTANT_A_SA_HARD_BYTES, 5000000000ull);
	nest = mnl_attr_nest_start(nlh, SEXTANT_A_SA_SELECTOR);
	put_addr(nlh, SEXTANT_A_SELECTOR_SRC_FIRST, "10.0.0.0");
	put_addr(nlh, SEXTANT_A_SELECTOR_SRC_LAST, "10.0.0.127");
	mnl_attr_put_u32(nlh, SEXTANT_A_SELECTOR_PROTO, 17);
	mnl_attr_put_u32(nlh, SEXTANT_A_SELECTOR_DPORT_FIRST, 53);
	mnl_attr_put_u32(nlh, SEXTANT_A_SELECTOR_DPORT_LAST, 53);
	mnl_attr_put_u32(nlh, SEXTANT_A_SELECTOR_IFINDEX, 999999);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u64(nlh, SEXTANT_A_SA_PACKETS, 12);
	mnl_attr_put_u64(nlh, SEXTANT_A_SA_BYTES, 1ull << 40);
	mnl_attr_put_u64(nlh, SEXTANT_A_SA_SEQUENCE, 3ull << 32);
	put_drop(nlh, SEXTANT_A_SA_DROPS, SEXTANT_DROP_ICV_BAD, 3);
	put_drop(nlh, SEXTANT_A_SA_DROPS, SEXTANT_DROP_REPLAY_OLD, 4);
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_GENERATION, 2);
	/* Of a newer kernel: has to be skipped. */
	mnl_attr_put_u32(nlh, SEXTANT_A_SA_MAX + 9, 1);
}

static void put_transform(struct nlmsghdr *nlh, uint32_t mode)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, SEXTANT_A_POLICY_TRANSFORM);
	mnl_attr_put_u32(nlh, SEXTANT_A_TRANSFORM_PROTOCOL, 50);
	mnl_attr_put_u32(nlh, SEXTANT_A_TRANSFORM_MODE, mode);
	if (mode == SEXTANT_MODE_TUNNEL) {
		put_addr(nlh, SEXTANT_A_TRANSFORM_SRC, "192.0.2.1");
		put_addr(nlh, SEXTANT_A_TRANSFORM_DST, "192.0.2.2");
		mnl_attr_put_u32(nlh, SEXTANT_A_TRANSFORM_GROUP, 4);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_policy(struct nlmsghdr *nlh, bool builtin)
{
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_ID, builtin ? 0 : 3);
	if (builtin) {
		mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_ACTION,
				 SEXTANT_ACTION_BYPASS);
		mnl_attr_put(nlh, SEXTANT_A_POLICY_BUILTIN, 0, NULL);
		mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_ENABLED, 1);
		return;
	}
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_DIRECTION,
			 SEXTANT_DIRECTION_FORWARD);
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_PRIORITY, 100);
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_ACTION, SEXTANT_ACTION_PROTECT);
	nest = mnl_attr_nest_start(nlh, SEXTANT_A_POLICY_SELECTOR);
	put_addr(nlh, SEXTANT_A_SELECTOR_DST_FIRST, "2001:db8::1");
	put_addr(nlh, SEXTANT_A_SELECTOR_DST_LAST, "2001:db8::9");
	mnl_attr_nest_end(nlh, nest);
	put_transform(nlh, SEXTANT_MODE_TRANSPORT);
	put_transform(nlh, SEXTANT_MODE_TUNNEL);
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_PACKETS, 5);
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_BYTES, 500);
	mnl_attr_put_u32(nlh, SEXTANT_A_POLICY_GENERATION, 2);
}

static void put_object(struct nlmsghdr *nlh, uint8_t cmd, int which)
{
	if (cmd == SEXTANT_CMD_SA_GET)
		put_sa(nlh, which == 0);
	else
		put_policy(nlh, which == 0);
	if (getenv("FAKE_MALFORMED"))
		mnl_attr_put(nlh, SEXTANT_A_SA_ID, 3, "abc");
	done(nlh);
}

static void dump(const struct nlmsghdr *to, uint8_t cmd)
{
	const char *intr = getenv("FAKE_INTR");
	struct nlmsghdr *nlh;
	int zero = 0, i;

	dumps++;
	for (i = 0; i < 2; i++) {
		nlh = data(to, cmd);
		nlh->nlmsg_flags = NLM_F_MULTI;
		if (intr && dumps <= (unsigned int)atoi(intr) && i)
			nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
		put_object(nlh, cmd, i);
	}
	nlh = answer(to, NLMSG_DONE);
	nlh->nlmsg_flags = NLM_F_MULTI;
	memcpy(mnl_nlmsg_put_extra_header(nlh, 4), &zero, 4);
	done(nlh);
}

static void stats(const struct nlmsghdr *to)
{
	struct nlmsghdr *nlh = data(to, SEXTANT_CMD_STATS_GET);

	put_drop(nlh, SEXTANT_A_STATS_DROPS, SEXTANT_DROP_ICV_BAD, 2);
	put_drop(nlh, SEXTANT_A_STATS_DROPS, SEXTANT_DROP_DUMMY, 0);
	put_drop(nlh, SEXTANT_A_STATS_DROPS, 200, 9);
	mnl_attr_put_u64(nlh, SEXTANT_A_STATS_IN_PACKETS, 1ull << 33);
	mnl_attr_put_u32(nlh, SEXTANT_A_STATS_SAS, 1);
	done(nlh);
	ack(to, 0, 0, 0, NULL);
}

static void log_request(const struct nlmsghdr *nlh, const struct sxt_set *set)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const unsigned char *b = (const void *)nlh;
	struct sxt_out out = { 0 };
	struct sxt_err err;
	unsigned int i;

	if (!getenv("FAKE_LOG"))
		return;
	sxt_out_text(&out, "request %u:", genl->cmd);
	if (set) {
		sxt_desc_text(&out, sxt_span_of(nlh), set, SXT_W_CONFIG);
		sxt_desc_text(&out, sxt_span_of(nlh), set, SXT_W_STATE);
		sxt_desc_text(&out, sxt_span_of(nlh), set, SXT_W_LAST);
	}
	for (i = 0; i < nlh->nlmsg_len; i++)
		sxt_out_text(&out, "%s%02x", i % 32 ? i % 4 ? "" : " " : "\n  ",
			     b[i]);
	sxt_out_text(&out, "\n");
	sxt_out_flush(&out, &err);
	sxt_out_free(&out);
}

static void note_key(const struct nlmsghdr *nlh, int type)
{
	const struct nlattr *attr = sxt_desc_find(sxt_span_of(nlh), type);
	struct seen_key *key;

	if (!attr || key_count == KEYS_MAX)
		return;
	key = &keys[key_count++];
	key->at = mnl_attr_get_payload(attr);
	key->len = mnl_attr_get_payload_len(attr);
	memcpy(key->copy, key->at, key->len);
}

static bool is_text(const unsigned char *at, const struct seen_key *key)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < key->len; i++)
		if (at[2 * i] != digits[key->copy[i] >> 4] ||
		    at[2 * i + 1] != digits[key->copy[i] & 15])
			return false;
	return true;
}

/* Reads a page at a time, and as much of the next as a key may take. */
static void search_memory(int mem, off_t at, off_t end)
{
	static unsigned char buf[4096 + 2 * SEXTANT_KEY_MAX];
	unsigned int k;
	ssize_t n, i;

	for (; at < end; at += 4096) {
		n = pread(mem, buf, sizeof(buf), at);
		for (i = 0; i < n && i < 4096; i++)
			for (k = 0; k < key_count; k++)
				if (n - i >= 2 * (ssize_t)keys[k].len &&
				    is_text(buf + i, &keys[k]))
					broken("a key stands in memory");
		memset(buf, 0, sizeof(buf));
	}
}

static void search_text(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long at, end;
	char line[512];

	/* What is larger is the sanitizer's own. */
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx rw", &at, &end) == 2 &&
		    strstr(line, " rw") && end - at < 64 << 20)
			search_memory(mem, at, end);
	close(mem);
	fclose(maps);
}

/* True if the request was refused. */
static bool refuse(const struct nlmsghdr *nlh)
{
	const char *how = getenv("FAKE_REFUSE");
	int index, error = 0, type = 0, sub = 0, n = 0, m = 0;

	if (!how || sscanf(how, "%d %d%n %d%n.%d%n", &index, &error, &n, &type,
			   &n, &sub, &m) < 2)
		return false;
	n = m > n ? m : n;
	if (requests - 1 < (unsigned int)index)
		return false;
	if (requests - 1 > (unsigned int)index && !failed)
		return false;
	failed = in_transaction;
	ack(nlh, error, type, sub, how[n] ? how + n + 1 : NULL);
	return true;
}

static void change(const struct nlmsghdr *to, uint8_t cmd)
{
	bool add = cmd == SEXTANT_CMD_SA_NEW || cmd == SEXTANT_CMD_POLICY_NEW;
	struct nlmsghdr *nlh;

	if (cmd == SEXTANT_CMD_SA_NEW) {
		note_key(to, SEXTANT_A_SA_KEY);
		note_key(to, SEXTANT_A_SA_AUTH_KEY);
	}
	if (cmd == SEXTANT_CMD_TRANSACTION_BEGIN)
		in_transaction = true;
	if (cmd == SEXTANT_CMD_TRANSACTION_COMMIT && getenv("FAKE_TEXT"))
		search_text();
	if ((add && (!in_transaction || getenv("FAKE_ECHO"))) ||
	    cmd == SEXTANT_CMD_TRANSACTION_COMMIT) {
		nlh = data(to, cmd);
		if (cmd == SEXTANT_CMD_TRANSACTION_COMMIT)
			mnl_attr_put_u32(nlh, SEXTANT_A_TRANSACTION_GENERATION,
					 8);
		else
			mnl_attr_put_u32(nlh, SEXTANT_A_SA_ID, 42);
		if (cmd == SEXTANT_CMD_SA_NEW)
			mnl_attr_put_u32(nlh, SEXTANT_A_SA_SPI, htonl(0x1234));
		done(nlh);
	}
	if (to->nlmsg_flags & NLM_F_ACK)
		ack(to, 0, 0, 0, NULL);
}

static void take(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct sxt_set *set = &sxt_set_transaction;

	if (nlh->nlmsg_type == GENL_ID_CTRL) {
		family(nlh);
		return;
	}
	if (nlh->nlmsg_type != FAMILY)
		broken("sent to no family");
	if (genl->cmd <= SEXTANT_CMD_SA_FLUSH)
		set = &sxt_set_sa;
	else if (genl->cmd <= SEXTANT_CMD_POLICY_FLUSH)
		set = &sxt_set_policy;
	if (!sxt_desc_check(sxt_span_of(nlh), set))
		broken("malformed message");
	requests++;
	log_request(nlh, set);
	if (refuse(nlh))
		return;
	if (nlh->nlmsg_flags & NLM_F_DUMP) {
		dump(nlh, genl->cmd);
	} else if (genl->cmd == SEXTANT_CMD_SA_GET ||
		   genl->cmd == SEXTANT_CMD_POLICY_GET) {
		put_object(data(nlh, genl->cmd), genl->cmd, 0);
		ack(nlh, 0, 0, 0, NULL);
	} else if (genl->cmd == SEXTANT_CMD_STATS_GET) {
		stats(nlh);
	} else {
		change(nlh, genl->cmd);
	}
}

/* What somebody who joined @group sees. */
static void events(int group)
{
	struct nlmsghdr *nlh;

	if (group == 5) {
		nlh = data(NULL, SEXTANT_CMD_SA_NEW_NTF);
		put_sa(nlh, 1);
		done(nlh);
		nlh = data(NULL, SEXTANT_CMD_SA_EXPIRE_NTF);
		put_sa(nlh, 0);
		mnl_attr_put_u32(nlh, SEXTANT_A_SA_LIMIT, SEXTANT_LIMIT_HARD);
		done(nlh);
		/* One that nobody knows yet. */
		done(data(NULL, SEXTANT_CMD_MAX + 5));
	} else if (group == GENL_ID_CTRL) {
		/* Families come and go: with FAKE_GONE=1 ours as well. */
		nlh = data(NULL, CTRL_CMD_DELFAMILY);
		nlh->nlmsg_type = GENL_ID_CTRL;
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID,
				 getenv("FAKE_GONE") ? FAMILY : FAMILY + 1);
		done(nlh);
	} else {
		nlh = data(NULL, SEXTANT_CMD_POLICY_DEL_NTF);
		put_policy(nlh, false);
		done(nlh);
	}
}

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	static struct mnl_socket sock;

	(void)bus;
	(void)flags;
	/* What is written to it is lost, as in a netlink socket. */
	sock.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return &sock;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

/* Readable while there is something in the queue, and nothing else. */
int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	if (events_fd < 0)
		events_fd = eventfd(tail - head, EFD_SEMAPHORE | EFD_CLOEXEC);
	return events_fd;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return 1;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *buf,
			  socklen_t len)
{
	(void)nl;
	(void)len;
	if (type == NETLINK_ADD_MEMBERSHIP)
		events(*(int *)buf);
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
			  size_t siz)
{
	const struct nlmsghdr *nlh = req;
	int left = siz;

	(void)nl;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		take(nlh);
	if (left)
		broken("bytes behind the last request");
	return siz;
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf, size_t siz)
{
	static bool lost;
	struct datagram *d;
	eventfd_t one;

	(void)nl;
	if (getenv("FAKE_LOST") && !lost) {
		bool last = atoi(getenv("FAKE_LOST")) == 2;

		/* Not while the family is looked up. */
		d = &queue[head % QUEUE_MAX];
		if (head == tail ? last : !last &&
		    ((struct nlmsghdr *)d->data)->nlmsg_type == FAMILY) {
			lost = true;
			errno = ENOBUFS;
			return -1;
		}
	}
	if (head == tail) {
		errno = ENETDOWN;
		return -1;
	}
	d = &queue[head++ % QUEUE_MAX];
	if (events_fd >= 0)
		eventfd_read(events_fd, &one);
	if (d->len > siz)
		broken("buffer too small");
	memcpy(buf, d->data, d->len);
	return d->len;
}

int mnl_socket_close(struct mnl_socket *nl)
{
	unsigned int i;

	close(nl->fd);
	for (i = 0; i < key_count; i++)
		if (!memcmp(keys[i].at, keys[i].copy, keys[i].len))
			broken("key not wiped");
	return 0;
}
