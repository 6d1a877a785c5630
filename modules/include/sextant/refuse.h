/* SPDX-License-Identifier: GPL-2.0-only */
/* The sentence that a refused request is answered with. */
#ifndef SEXTANT_REFUSE_H
#define SEXTANT_REFUSE_H

#include <linux/netlink.h>

/**
 * sxt_refuse() - set the sentence of a refusal
 * @extack: where it goes, or NULL
 * @sentence: constant text
 *
 * What NL_SET_ERR_MSG() does, for texts that come out of tables, and without
 * the 80 bytes that NL_SET_ERR_MSG_FMT() has room for.
 *
 * Context: any.
 */
static inline void sxt_refuse(struct netlink_ext_ack *extack,
			      const char *sentence)
{
	if (extack)
		extack->_msg = sentence;
}

#endif /* SEXTANT_REFUSE_H */
