// SPDX-License-Identifier: GPL-2.0
/*
 * A cipher that does what a test tells it: it stands in front of the kernel's
 * chacha20-poly1305 for ESP, passes requests on to it, refuses them, or holds
 * them until it is told what they shall come to. For
 * scripts/tests/58-bad-cipher.sh; no part of the suite.
 *
 *	mode	what becomes of a request: 0 it is passed on; 1 it is held;
 *		else it is refused with this errno
 *	held	how many are held (read only)
 *	release	writing lets all that are held go: 0 passes them on; else they
 *		come to this errno
 */
#include <crypto/internal/aead.h>
#include <linux/module.h>

#define FAULTY_NAME	"rfc7539esp(chacha20,poly1305)"
#define MODE_PASS	0
#define MODE_HOLD	1

/**
 * struct faulty_op - what a request carries
 * @node: among those that are held
 * @crypt: which way it goes on
 * @child: the request to the true cipher; its context follows
 */
struct faulty_op {
	struct list_head node;
	int (*crypt)(struct aead_request *req);
	struct aead_request child;
};

static int mode;
module_param(mode, int, 0600);
static int held;
module_param(held, int, 0400);

static LIST_HEAD(held_list);
static DEFINE_SPINLOCK(held_lock);
/* Keeps the true cipher's instance, whose name it is found by. */
static struct crypto_aead *faulty_true;

static int faulty_pass_on(struct aead_request *req)
{
	struct crypto_aead **child = crypto_aead_ctx(crypto_aead_reqtfm(req));
	struct faulty_op *op = aead_request_ctx(req);

	aead_request_set_tfm(&op->child, *child);
	aead_request_set_callback(&op->child, 0, NULL, NULL);
	aead_request_set_crypt(&op->child, req->src, req->dst, req->cryptlen,
			       req->iv);
	aead_request_set_ad(&op->child, req->assoclen);
	return op->crypt(&op->child);
}

static int faulty_crypt(struct aead_request *req,
			int (*crypt)(struct aead_request *req))
{
	struct faulty_op *op = aead_request_ctx(req);
	int now = READ_ONCE(mode);

	op->crypt = crypt;
	if (now == MODE_PASS)
		return faulty_pass_on(req);
	if (now != MODE_HOLD)
		return -now;
	spin_lock_bh(&held_lock);
	list_add_tail(&op->node, &held_list);
	held++;
	spin_unlock_bh(&held_lock);
	return -EINPROGRESS;
}

static int faulty_encrypt(struct aead_request *req)
{
	return faulty_crypt(req, crypto_aead_encrypt);
}

static int faulty_decrypt(struct aead_request *req)
{
	return faulty_crypt(req, crypto_aead_decrypt);
}

static int faulty_setkey(struct crypto_aead *tfm, const u8 *key,
			 unsigned int len)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	return crypto_aead_setkey(*child, key, len);
}

static int faulty_setauthsize(struct crypto_aead *tfm, unsigned int len)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	return crypto_aead_setauthsize(*child, len);
}

static int faulty_init_tfm(struct crypto_aead *tfm)
{
	const char *name =
		crypto_tfm_alg_driver_name(crypto_aead_tfm(faulty_true));
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	*child = crypto_alloc_aead(name, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(*child))
		return PTR_ERR(*child);
	crypto_aead_set_reqsize(tfm, sizeof(struct faulty_op) +
				crypto_aead_reqsize(*child));
	return 0;
}

static void faulty_exit_tfm(struct crypto_aead *tfm)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	crypto_free_aead(*child);
}

static struct aead_alg faulty_alg = {
	.setkey = faulty_setkey,
	.setauthsize = faulty_setauthsize,
	.encrypt = faulty_encrypt,
	.decrypt = faulty_decrypt,
	.init = faulty_init_tfm,
	.exit = faulty_exit_tfm,
	.ivsize = 8,
	.maxauthsize = 16,
	.base = {
		.cra_name = FAULTY_NAME,
		.cra_driver_name = "sxt-faulty",
		.cra_priority = 10000,
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct crypto_aead *),
		.cra_module = THIS_MODULE,
	},
};

/* Each comes back as from an interrupt's bottom half. */
static int release_set(const char *text, const struct kernel_param *param)
{
	struct faulty_op *op, *next;
	LIST_HEAD(list);
	int err, outcome;

	err = kstrtoint(text, 0, &outcome);
	if (err)
		return err;
	spin_lock_bh(&held_lock);
	list_splice_init(&held_list, &list);
	held = 0;
	spin_unlock_bh(&held_lock);
	list_for_each_entry_safe(op, next, &list, node) {
		struct aead_request *req =
			container_of((void *)op, struct aead_request, __ctx);

		local_bh_disable();
		aead_request_complete(req, outcome ? -outcome :
						     faulty_pass_on(req));
		local_bh_enable();
	}
	return 0;
}

static const struct kernel_param_ops release_ops = {
	.set = release_set,
};

module_param_cb(release, &release_ops, NULL, 0200);

static int __init faulty_init(void)
{
	int err;

	faulty_true = crypto_alloc_aead(FAULTY_NAME, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(faulty_true))
		return PTR_ERR(faulty_true);
	err = crypto_register_aead(&faulty_alg);
	if (err)
		crypto_free_aead(faulty_true);
	return err;
}

static void __exit faulty_exit(void)
{
	crypto_unregister_aead(&faulty_alg);
	crypto_free_aead(faulty_true);
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A cipher that fails when it is told to, for a test");
