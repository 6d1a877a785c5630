// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flow labels (RFC 6437): those that the kernel chooses, and leases of single
 * labels by programs (IPV6_FLOWLABEL_MGR, after RFC 3697; Linux only). A lease
 * may be for one socket, process or user; everybody else is refused the label
 * then. Leases end lazily: when somebody wants another. proc_flowlabel.c lists
 * them.
 */
#include <linux/random.h>
#include "sock_int.h"

#define LABEL_PER_SOCKET	32
#define LABEL_PER_NET		4096
#define LABEL_LINGER_MIN	6	/* seconds */
#define LABEL_LINGER_MAX	150	/* without CAP_NET_ADMIN */

/**
 * sxt_flowlabel_auto() - the flow label of a packet
 * @net: namespace
 * @skb: the packet; its hash is made if it has none
 * @label: what the socket asked for, perhaps with a traffic class; 0: nothing
 * @auto_label: the socket wants one to be chosen
 * @fl6: the flow
 *
 * RFC 6437 3: a hash of the flow, unless net.ipv6.auto_flowlabels says no.
 *
 * Context: any.
 * Return: 20 bits.
 */
__be32 sxt_flowlabel_auto(const struct net *net, struct sk_buff *skb,
			  __be32 label, bool auto_label, struct flowi6 *fl6)
{
	return ip6_make_flowlabel((struct net *)net, skb, label, auto_label,
				  fl6);
}

/**
 * sxt_flowlabel_is_auto() - does a socket want its labels to be chosen?
 * @net: namespace
 * @sk: the socket
 *
 * Context: any.
 * Return: IPV6_AUTOFLOWLABEL, or what the namespace has for who didn't say.
 */
bool sxt_flowlabel_is_auto(const struct net *net, const struct sock *sk)
{
	if (!inet6_test_bit(AUTOFLOWLABEL_SET, sk))
		return ip6_default_np_autolabel((struct net *)net);
	return inet6_test_bit(AUTOFLOWLABEL, sk);
}

static struct sxt_ip6_net *net_of(const struct sock *sk)
{
	return sxt_ip6_net(sock_net(sk));
}

static struct ip6_flowlabel __rcu **label_bucket(struct sxt_ip6_net *n,
						 __be32 label)
{
	return &n->flow_labels[ntohl(label) % SXT_FLOWLABEL_BUCKETS];
}

/* Under RCU or the namespace's label_lock, "the lock" from here on. */
static struct ip6_flowlabel *label_deref(const struct sxt_ip6_net *n,
					 struct ip6_flowlabel __rcu *p)
{
	return rcu_dereference_check(p, lockdep_is_held(&n->label_lock));
}

static struct ipv6_fl_socklist *held_deref(const struct sxt_ip6_net *n,
					   struct ipv6_fl_socklist __rcu *p)
{
	return rcu_dereference_check(p, lockdep_is_held(&n->label_lock));
}

/* Under RCU or the lock. */
static struct ip6_flowlabel *label_lookup(struct sxt_ip6_net *n, __be32 label)
{
	struct ip6_flowlabel *fl;

	for (fl = label_deref(n, *label_bucket(n, label)); fl;
	     fl = label_deref(n, fl->next))
		if (fl->label == label)
			return fl;
	return NULL;
}

static bool label_is_held(struct sock *sk, const struct ip6_flowlabel *fl)
{
	const struct sxt_ip6_net *n = net_of(sk);
	struct ipv6_fl_socklist *held;
	bool found = false;

	rcu_read_lock();
	for (held = held_deref(n, inet_sk(sk)->ipv6_fl_list); held && !found;
	     held = held_deref(n, held->next))
		found = held->fl == fl;
	rcu_read_unlock();
	return found;
}

/**
 * sxt_flowlabel_find() - may a socket send with this label?
 * @sk: the socket
 * @label: 20 bits
 *
 * Context: any.
 * Return: NULL: yes, nobody has leased it for himself; the socket's lease, to
 *	be given back by fl6_sock_release(); -ENOENT: it is somebody else's.
 */
struct ip6_flowlabel *sxt_flowlabel_find(struct sock *sk, __be32 label)
{
	const struct net *net = sock_net(sk);
	struct ip6_flowlabel *fl;

	if (!READ_ONCE(net->ipv6.flowlabel_has_excl))
		return NULL;
	rcu_read_lock();
	fl = label_lookup(sxt_ip6_net(net), label & IPV6_FLOWLABEL_MASK);
	if (fl && label_is_held(sk, fl) && atomic_inc_not_zero(&fl->users))
		WRITE_ONCE(fl->lastuse, jiffies);
	else if (fl && fl->share != IPV6_FL_S_ANY && atomic_read(&fl->users))
		fl = ERR_PTR(-ENOENT);
	else
		fl = NULL;
	rcu_read_unlock();
	return fl;
}

/* Under the lock. It is out of the table. */
static void label_free(struct ip6_flowlabel *fl)
{
	if (fl->share == IPV6_FL_S_PROCESS)
		put_pid(fl->owner.pid);
	kfree_rcu(fl, rcu);
}

/* Under the lock: an end to leases that are over, or to all. */
static void label_expire(struct sxt_ip6_net *n, bool all)
{
	struct ip6_flowlabel __rcu **at;
	struct ip6_flowlabel *fl;
	unsigned int i;

	for (i = 0; i < SXT_FLOWLABEL_BUCKETS; i++) {
		at = &n->flow_labels[i];
		while ((fl = label_deref(n, *at))) {
			if (!all && (atomic_read(&fl->users) ||
				     time_before(jiffies, fl->expires))) {
				at = &fl->next;
				continue;
			}
			rcu_assign_pointer(*at, label_deref(n, fl->next));
			n->label_count--;
			label_free(fl);
		}
	}
}

static unsigned int label_held_count(struct sock *sk)
{
	const struct sxt_ip6_net *n = net_of(sk);
	struct ipv6_fl_socklist *held;
	unsigned int count = 0;

	for (held = held_deref(n, inet_sk(sk)->ipv6_fl_list); held;
	     held = held_deref(n, held->next))
		count++;
	return count;
}

/* Seconds to jiffies; 0: too long for who asks. */
static unsigned long label_time(const struct net *net, u16 seconds)
{
	if (seconds > LABEL_LINGER_MAX &&
	    !ns_capable(net->user_ns, CAP_NET_ADMIN))
		return 0;
	return max_t(unsigned long, seconds, LABEL_LINGER_MIN) * HZ;
}

static int label_renew(const struct net *net, struct ip6_flowlabel *fl,
		       const struct in6_flowlabel_req *req)
{
	unsigned long linger = label_time(net, req->flr_linger);
	unsigned long expires = label_time(net, req->flr_expires);

	if (!linger || !expires)
		return -EPERM;
	expires += jiffies;
	fl->lastuse = jiffies;
	fl->linger = max(fl->linger, linger);
	if (time_before(fl->expires, expires))
		fl->expires = expires;
	return 0;
}

static struct ip6_flowlabel *label_new(struct net *net,
				       const struct in6_flowlabel_req *req)
{
	int type = ipv6_addr_type(&req->flr_dst);
	struct ip6_flowlabel *fl;
	int err;

	if (type == IPV6_ADDR_ANY || (type & IPV6_ADDR_MAPPED))
		return ERR_PTR(-EINVAL);
	if (req->flr_share != IPV6_FL_S_ANY &&
	    !(req->flr_share >= IPV6_FL_S_EXCL &&
	      req->flr_share <= IPV6_FL_S_USER))
		return ERR_PTR(-EINVAL);
	fl = kzalloc(sizeof(*fl), GFP_KERNEL_ACCOUNT);
	if (!fl)
		return ERR_PTR(-ENOMEM);
	fl->expires = jiffies;
	err = label_renew(net, fl, req);
	if (err) {
		kfree(fl);
		return ERR_PTR(err);
	}
	fl->fl_net = net;
	fl->dst = req->flr_dst;
	fl->share = req->flr_share;
	atomic_set(&fl->users, 1);
	if (fl->share == IPV6_FL_S_PROCESS)
		fl->owner.pid = get_task_pid(current, PIDTYPE_TGID);
	else if (fl->share == IPV6_FL_S_USER)
		fl->owner.uid = current_euid();
	return fl;
}

/* May the one who asks with @fl have the lease @there, too? */
static int label_may_share(const struct ip6_flowlabel *there,
			   const struct ip6_flowlabel *fl, u16 flags)
{
	if (flags & IPV6_FL_F_EXCL)
		return -EEXIST;
	if (there->share != fl->share || there->share == IPV6_FL_S_EXCL)
		return -EPERM;
	if (fl->share == IPV6_FL_S_PROCESS &&
	    there->owner.pid != fl->owner.pid)
		return -EPERM;
	if (fl->share == IPV6_FL_S_USER &&
	    !uid_eq(there->owner.uid, fl->owner.uid))
		return -EPERM;
	return 0;
}

/* Under the lock. */
static int label_room(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	unsigned int limit = LABEL_PER_NET;

	if (label_held_count(sk) >= LABEL_PER_SOCKET)
		return -ENOBUFS;
	label_expire(n, false);
	/* Some are left for the administrator. */
	if (!ns_capable_noaudit(net->user_ns, CAP_NET_ADMIN))
		limit -= limit / 4;
	return n->label_count < limit ? 0 : -ENOBUFS;
}

static __be32 label_choose(struct sxt_ip6_net *n)
{
	__be32 label;

	do {
		label = htonl(get_random_u32()) & IPV6_FLOWLABEL_MASK;
		/* The upper half is the kernel's, if it is told so. */
		if (n->net->ipv6.sysctl.flowlabel_state_ranges)
			label &= ~IPV6_FLOWLABEL_STATELESS_FLAG;
	} while (!label || label_lookup(n, label));
	return label;
}

static void label_hold(struct sock *sk, struct ipv6_fl_socklist *held,
		       struct ip6_flowlabel *fl)
{
	struct inet_sock *inet = inet_sk(sk);

	held->fl = fl;
	RCU_INIT_POINTER(held->next,
			 held_deref(net_of(sk), inet->ipv6_fl_list));
	rcu_assign_pointer(inet->ipv6_fl_list, held);
}

/*
 * Under the lock. @fl goes into the table, or the lease that is there already
 * is shared. Returns the lease that the socket holds now.
 */
static struct ip6_flowlabel *label_take(struct sock *sk,
					struct ip6_flowlabel *fl,
					struct ipv6_fl_socklist *held,
					__be32 label, u16 flags)
{
	struct sxt_ip6_net *n = net_of(sk);
	struct ip6_flowlabel __rcu **at;
	struct ip6_flowlabel *there;
	int err;

	err = label_room(sk);
	if (err)
		return ERR_PTR(err);
	there = label ? label_lookup(n, label) : NULL;
	if (there) {
		err = label_may_share(there, fl, flags);
		if (err)
			return ERR_PTR(err);
		there->linger = max(there->linger, fl->linger);
		if (time_before(there->expires, fl->expires))
			there->expires = fl->expires;
		atomic_inc(&there->users);
		label_hold(sk, held, there);
		return there;
	}
	if (!(flags & IPV6_FL_F_CREATE))
		return ERR_PTR(-ENOENT);
	fl->label = label ? label : label_choose(n);
	if (fl->share != IPV6_FL_S_ANY)
		WRITE_ONCE(n->net->ipv6.flowlabel_has_excl, 1);
	at = label_bucket(n, fl->label);
	RCU_INIT_POINTER(fl->next, label_deref(n, *at));
	rcu_assign_pointer(*at, fl);
	n->label_count++;
	label_hold(sk, held, fl);
	return fl;
}

/* IPV6_FL_A_GET; returns the label. */
static int label_get(struct sock *sk, const struct in6_flowlabel_req *req,
		     __be32 *label)
{
	struct ip6_flowlabel *fl, *got;
	struct ipv6_fl_socklist *held;
	struct net *net = sock_net(sk);
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	if (req->flr_label & ~IPV6_FLOWLABEL_MASK)
		return -EINVAL;
	if (net->ipv6.sysctl.flowlabel_state_ranges &&
	    (req->flr_label & IPV6_FLOWLABEL_STATELESS_FLAG))
		return -ERANGE;
	fl = label_new(net, req);
	if (IS_ERR(fl))
		return PTR_ERR(fl);
	held = kzalloc(sizeof(*held), GFP_KERNEL_ACCOUNT);
	spin_lock_bh(&n->label_lock);
	if (held)
		got = label_take(sk, fl, held, req->flr_label, req->flr_flags);
	else
		got = ERR_PTR(-ENOMEM);
	if (!IS_ERR(got))
		*label = got->label;
	if (got != fl)
		label_free(fl);
	spin_unlock_bh(&n->label_lock);
	if (IS_ERR(got))
		kfree(held);
	return PTR_ERR_OR_ZERO(got);
}

/* Under the lock: @held leaves the socket's list. */
static void label_put(struct ipv6_fl_socklist *held)
{
	struct ip6_flowlabel *fl = held->fl;
	unsigned long end = jiffies + fl->linger;

	fl->lastuse = jiffies;
	if (time_before(fl->expires, end))
		fl->expires = end;
	atomic_dec(&fl->users);
	kfree_rcu(held, rcu);
}

/* Under the lock. Where the socket's lease of the label hangs, or NULL. */
static struct ipv6_fl_socklist __rcu **label_held_at(struct sock *sk,
						     __be32 label)
{
	struct ipv6_fl_socklist __rcu **at = &inet_sk(sk)->ipv6_fl_list;
	const struct sxt_ip6_net *n = net_of(sk);
	struct ipv6_fl_socklist *held;

	while ((held = held_deref(n, *at))) {
		if (held->fl->label == label)
			return at;
		at = &held->next;
	}
	return NULL;
}

static int label_give_back(struct sock *sk, const struct in6_flowlabel_req *req)
{
	struct ipv6_fl_socklist __rcu **at;
	struct sxt_ip6_net *n = net_of(sk);
	struct ipv6_fl_socklist *held;
	int err = -ESRCH;

	spin_lock_bh(&n->label_lock);
	at = label_held_at(sk, req->flr_label);
	if (at) {
		held = held_deref(n, *at);
		rcu_assign_pointer(*at, held_deref(n, held->next));
		label_put(held);
		err = 0;
	}
	spin_unlock_bh(&n->label_lock);
	return err;
}

/* The socket's own, or with CAP_NET_ADMIN anybody's. */
static int label_extend(struct sock *sk, const struct in6_flowlabel_req *req)
{
	struct net *net = sock_net(sk);
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct ip6_flowlabel *fl;
	bool admin;
	int err = -ESRCH;

	admin = req->flr_share == IPV6_FL_S_NONE &&
		ns_capable(net->user_ns, CAP_NET_ADMIN);
	spin_lock_bh(&n->label_lock);
	fl = label_lookup(n, req->flr_label);
	if (fl && (admin || label_held_at(sk, req->flr_label)))
		err = label_renew(net, fl, req);
	spin_unlock_bh(&n->label_lock);
	return err;
}

/**
 * sxt_flowlabel_opt() - setsockopt(IPV6_FLOWLABEL_MGR)
 * @sk: the socket
 * @optval: struct in6_flowlabel_req; gets the label if it was to be chosen
 * @optlen: its length
 *
 * Extension headers that go with a label, behind the structure, are not
 * offered; nor is reflection, which is TCP's.
 *
 * Context: process.
 * Return: 0; -EINVAL; -EOPNOTSUPP; -ENOPROTOOPT: reflection; -ENOBUFS: over a
 *	limit; -EPERM: somebody else's; -EEXIST; -ENOENT; -ESRCH; -ERANGE.
 */
int sxt_flowlabel_opt(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct in6_flowlabel_req req;
	__be32 label;
	int err;

	if (optlen < sizeof(req))
		return -EINVAL;
	if (copy_from_sockptr(&req, optval, sizeof(req)))
		return -EFAULT;
	if (req.flr_flags & IPV6_FL_F_REFLECT)
		return -ENOPROTOOPT;
	switch (req.flr_action) {
	case IPV6_FL_A_PUT:
		return label_give_back(sk, &req);
	case IPV6_FL_A_RENEW:
		return label_extend(sk, &req);
	case IPV6_FL_A_GET:
		if (optlen > sizeof(req))
			return -EOPNOTSUPP;
		err = label_get(sk, &req, &label);
		if (err || req.flr_label)
			return err;
		/* Whoever can't be told finds it in /proc. */
		copy_to_sockptr_offset(optval, offsetof(typeof(req), flr_label),
				       &label, sizeof(label));
		return 0;
	}
	return -EINVAL;
}

/**
 * sxt_flowlabel_opt_get() - getsockopt(IPV6_FLOWLABEL_MGR)
 * @sk: the socket
 * @req: filled in
 * @flags: IPV6_FL_F_REMOTE, _REFLECT: TCP's
 *
 * Context: process.
 * Return: 0; -ENOENT: the connected label is no lease of this socket's;
 *	-ENOPROTOOPT.
 */
int sxt_flowlabel_opt_get(struct sock *sk, struct in6_flowlabel_req *req,
			  int flags)
{
	__be32 label = inet6_sk(sk)->flow_label & IPV6_FLOWLABEL_MASK;
	struct sxt_ip6_net *n = net_of(sk);
	struct ip6_flowlabel *fl;
	int err = -ENOENT;

	if (flags & (IPV6_FL_F_REMOTE | IPV6_FL_F_REFLECT))
		return -ENOPROTOOPT;
	spin_lock_bh(&n->label_lock);
	fl = label_lookup(n, label);
	if (fl && label_held_at(sk, label)) {
		req->flr_label = label;
		req->flr_dst = fl->dst;
		req->flr_share = fl->share;
		req->flr_linger = fl->linger / HZ;
		req->flr_expires = time_before(jiffies, fl->expires) ?
				   (fl->expires - jiffies) / HZ : 0;
		err = 0;
	}
	spin_unlock_bh(&n->label_lock);
	return err;
}

/**
 * sxt_flowlabel_release() - a socket ends: it gives all its leases back
 * @sk: the socket
 *
 * Context: any but hard interrupt.
 */
void sxt_flowlabel_release(struct sock *sk)
{
	struct ipv6_fl_socklist *held, *next;
	struct sxt_ip6_net *n;

	/* A socket of the kernel's has none, and may outlive its namespace. */
	if (!rcu_access_pointer(inet_sk(sk)->ipv6_fl_list))
		return;
	n = net_of(sk);
	spin_lock_bh(&n->label_lock);
	held = held_deref(n, inet_sk(sk)->ipv6_fl_list);
	RCU_INIT_POINTER(inet_sk(sk)->ipv6_fl_list, NULL);
	for (; held; held = next) {
		next = held_deref(n, held->next);
		label_put(held);
	}
	spin_unlock_bh(&n->label_lock);
}

/**
 * sxt_flowlabel_visit() - all leases of a namespace in one bucket
 * @net: the namespace
 * @bucket: less than SXT_FLOWLABEL_BUCKETS
 * @visit: called for each; doesn't sleep
 * @arg: for @visit
 *
 * Context: process.
 */
void sxt_flowlabel_visit(const struct net *net, unsigned int bucket,
			 void (*visit)(const struct ip6_flowlabel *fl,
				       void *arg), void *arg)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);
	struct ip6_flowlabel *fl;

	spin_lock_bh(&n->label_lock);
	for (fl = label_deref(n, n->flow_labels[bucket]); fl;
	     fl = label_deref(n, fl->next))
		visit(fl, arg);
	spin_unlock_bh(&n->label_lock);
}

/**
 * sxt_flowlabel_forget() - a namespace goes, and with it its leases
 * @net: the namespace
 *
 * Context: process. None is held: its sockets are gone.
 */
void sxt_flowlabel_forget(struct net *net)
{
	struct sxt_ip6_net *n = sxt_ip6_net(net);

	spin_lock_bh(&n->label_lock);
	label_expire(n, true);
	spin_unlock_bh(&n->label_lock);
}
