#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# Modules that are loaded in a wrong order, or where somebody else holds protocol 50, are refused, say why, and harm
# nobody: what was there works on.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

put_in() { insmod "$SXT_MODULES/sextant_$1.ko"; }
take_out_all() {
	for module in netlink policy esp key; do
		if grep -q "^sextant_$module " /proc/modules; then
			rmmod "sextant_$module" || return
		fi
	done
}
put_in_all() {
	for module in key esp policy netlink; do
		put_in "$module" || return
	done
}
# said_since MARK TEXT: the kernel said it since.
said_since() { dmesg | sed -n "/$1/,\$p" | grep -q "$2" || { dmesg | tail -5; fail "the kernel did not say '$2'"; }; }
mark() { echo "<6>sextant test: $1" > /dev/kmsg; }

# refuse_where_held MODULE FAMILY: the in-tree module holds protocol 50.
refuse_where_held() {
	take_out_all || return
	mark "held by $1"
	modprobe "$1" || return
	put_in key || return
	refuses put_in esp || return
	said_since "held by $1" "$2 protocol 50 (ESP) is held by .*$1" || return
	if grep -q '^sextant_esp ' /proc/modules; then
		fail "sextant_esp stays"
		return
	fi
	# The holder is as it was, and goes when it is asked to.
	rmmod "$1" || return
	put_in esp && put_in policy && put_in netlink || return
	protect_pair transport aes-gcm-128 4 4 && ping_ok a 10.1.0.2
}

# hold_against MODULE: the in-tree module finds the place taken, and ours goes on.
hold_against() {
	protect_pair transport aes-gcm-128 "$2" "$2" || return
	refuses modprobe "$1" || return
	ping_ok a "$(outer "$2" b)" || return
	[ "$(stat b in-packets)" -ge 1 ] || fail "not protected"
}

# Ours need each other.
wrong_order() {
	take_out_all || return
	for module in esp policy netlink; do
		refuses put_in "$module" || return
	done
	put_in key || return
	refuses put_in netlink || return
	put_in policy && put_in netlink || return
	# Without its transform an SA is refused; a policy that asks for one drops.
	printf '%s\n' "$(sa_line in 0x1001 10.1.0.1 10.1.0.2 transport aes-gcm-128)" > "$T/line"
	refuses load b < "$T/line" || return
	printf 'policy add dir out prio 10 dst 10.1.0.2 action protect esp transport\n' | load a || return
	ping_fails a 10.1.0.2 || return
	[ "$(drops a sa-missing)" -ge 1 ] || { fail "not counted"; return; }
	put_in esp || return
	protect_pair transport aes-gcm-128 4 4 && ping_ok a 10.1.0.2
}

# Without the modules the command says so, by its status too.
none_there() {
	clear_all a b && take_out_all || return
	in_ns a sextant sa list > "$T/out" 2>&1
	same status 3 $? || return
	grep -q 'the Sextant modules are not loaded' "$T/out" || { cat "$T/out"; fail "not said"; }
}

# Without sextant_esp there is no SA for ESP either: a host with policies gives it to nobody, nor does it say that it knows
# no such protocol.
esp_absent() {
	take_out_all && put_in key && put_in policy && put_in netlink || return
	printf 'policy add dir in prio 10 action bypass\n' | load b || return
	cap_start answers b vb -d out || return
	esp=0000100100000001$(hex 24 1)
	drop_of b sa-unknown 2 send_esp && cap_stop answers || return
	same "answers" '' "$(frames "$T/answers.cap")" && clear_all b && put_in esp
}
send_esp() {
	rawsend -m ip a <<-END
		450000340000000040320000 0a010001 0a010002 $esp
		6000000000203240 fd000001000000000000000000000001 fd000001000000000000000000000002 $esp
	END
}

# hearing: the monitor has joined. Each time an SA comes and goes.
hearing() {
	sa_line in 0x5001 10.1.0.2 10.1.0.1 transport aes-gcm-128 | load a && echo 'sa del dir in spi 0x5001 dst 10.1.0.1' | load a &&
		grep -q 'sa gone .*spi 0x0*5001' "$T/told"
}
# What goes with a module is told, and who listens is told of the end.
monitored() {
	protect_pair transport aes-gcm-128 4 4 || return
	in_ns a sextant monitor sa > "$T/told" 2>&1 &
	t_monitor=$!
	wait_for 10 hearing && rmmod sextant_esp || return
	wait_for 10 grep -q 'sa gone .*spi 0x0*1001' "$T/told" || return
	wait_for 10 grep -q 'sa gone .*spi 0x0*1002' "$T/told" || return
	rmmod sextant_netlink || return
	wait "$t_monitor"
	same 'status of the monitor' 3 $? || { cat "$T/told"; return 1; }
	grep -q 'the Sextant modules were unloaded' "$T/told" || { cat "$T/told"; fail "not said"; return; }
	put_in esp && put_in netlink
}

in_use() {
	refuses rmmod sextant_key || return
	refuses rmmod sextant_policy || return
	ping_ok a 10.1.0.2
}

# whole: what a failed step left is put right for the next.
whole() {
	! grep -q "^esp4 " /proc/modules || rmmod esp4
	! grep -q "^esp6 " /proc/modules || rmmod esp6
	take_out_all && put_in_all
}

must net_two
check load-refused-where-esp4-is refuse_where_held esp4 IPv4 || must whole
check esp4-refused-where-we-are hold_against esp4 4
if [ "$SXT_IPV6" = sextant ]; then
	skip esp6-and-we "esp6.ko links to ipv6.ko"
else
	check load-refused-where-esp6-is refuse_where_held esp6 IPv6 || must whole
	check esp6-refused-where-we-are hold_against esp6 6
fi
check load-wrong-order wrong_order || must whole
check load-without-esp esp_absent || must whole
check unload-in-use-refused in_use
check unload-told-to-the-monitor monitored || must whole
check load-order-ends clear_all a b
check load-none-there none_there
must put_in_all
t_end
