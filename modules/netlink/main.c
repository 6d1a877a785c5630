// SPDX-License-Identifier: GPL-2.0-only
/*
 * sextant_netlink: the generic netlink family "sextant". genl.c is generated
 * from uapi/sextant.yaml and checks the form of requests; the handlers check
 * what they say.
 */
#include <linux/module.h>
#include "netlink.h"

static int __init sxt_netlink_init(void)
{
	int err;

	err = sxt_form_setup();
	if (err)
		return err;
	err = genl_register_family(&sextant_nl_family);
	if (err) {
		sxt_form_teardown();
		return err;
	}
	sxt_event_ops_set(&sxt_notify_ops);
	return 0;
}

static void __exit sxt_netlink_exit(void)
{
	sxt_event_ops_set(NULL);
	genl_unregister_family(&sextant_nl_family);
	sxt_form_teardown();
}

module_init(sxt_netlink_init);
module_exit(sxt_netlink_exit);
MODULE_IMPORT_NS(SEXTANT);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sextant: netlink interface");
MODULE_ALIAS_GENL_FAMILY(SEXTANT_FAMILY_NAME);
