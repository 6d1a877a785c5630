#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long; limit 120; ipv6 sextant
#
# radvd advertises through our own IPv6 and a host of it believes the right part: addresses by EUI-64, by stable privacy and
# temporary, lifetimes with the two-hour rule, default routers with preference, prefixes on the link, more specific routes,
# the MTU; what is withdrawn goes; rdisc6 and ndisc6 are answered; who has heard enough asks no more; who does not want to
# listen does not.
# shellcheck source-path=SCRIPTDIR disable=SC2317 # check calls them
. "$(dirname "$0")/lib.sh"

set_conf() { echo "$3" | in_ns "$1" tee "/proc/sys/net/ipv6/conf/$2" > /dev/null; }

net_router() {
	ns_add a r && wire a va r ra || return
	set_conf r all/forwarding 1 && set_conf a va/router_solicitations 3 && set_conf a va/router_solicitation_delay 0 || return
	set_conf a va/accept_ra_rt_info_max_plen 64 || return
	address r ra fd00:5::f/64 && wait_for 10 router_address
}
router_address() { ip -n r -6 addr show dev ra | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p' | grep .; }
link_address() { ip -n "$1" -6 addr show dev "$2" | sed -n 's/.*inet6 \(fe80:[^/]*\).*/\1/p'; }

# advertise VALID PREFERRED DEFAULT-LIFETIME: radvd starts, the host hears it within seconds.
advertise() {
	silence
	cat > "$T/radvd.conf" <<-END
		interface ra {
			AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; MinDelayBetweenRAs 3;
			AdvDefaultLifetime $3; AdvDefaultPreference high; AdvLinkMTU 1400; AdvCurHopLimit 77;
			prefix fd00:5::/64 { AdvValidLifetime $1; AdvPreferredLifetime $2; };
			prefix fd00:6::/64 { AdvAutonomous off; };
			route fd00:66::/48 { AdvRoutePreference low; AdvRouteLifetime 120; RemoveRoute off; };
			RDNSS fd00:5::53 { };
			DNSSL example.org { };
		};
	END
	ip netns exec r radvd -n -C "$T/radvd.conf" -p "$T/radvd.own" -m stderr > "$T/radvd.log" 2>&1 &
	echo $! > "$T/radvd.pid"
}
silence() {
	[ -e "$T/radvd.pid" ] || return 0
	kill "$(cat "$T/radvd.pid")"
	wait "$(cat "$T/radvd.pid")"
	rm "$T/radvd.pid"
}
link_again() { ip -n a link set va down && ip -n a link set va up; }
heard() { ip -n a -6 addr show dev va; ip -n a -6 route; fail "$*"; }

# RFC 4291, appendix A.
eui_of() {
	ip -n a link show dev va | awk '/link\/ether/ { print $2 }' > "$T/mac"
	IFS=: read -r m1 m2 m3 m4 m5 m6 < "$T/mac"
	printf 'fd00:5::%x:%x:%x:%x\n' $(((0x$m1 ^ 2) << 8 | 0x$m2)) $((0x$m3 << 8 | 0xff)) $((0xfe00 | 0x$m4)) \
		$((0x$m5 << 8 | 0x$m6))
}
has_address() { ip -n a -6 addr show dev va | grep -q "inet6 $1"; }

by_eui() {
	advertise 600 300 60
	wait_for 20 has_address "fd00:5::" || { heard "no address"; return; }
	has_address "$(eui_of)/64 scope global dynamic" || { heard "not $(eui_of)"; return; }
	valid_within 560 600 || heard "valid for $left s"
}
# lifetime valid|preferred: seconds left of the address.
lifetime() { ip -n a -6 addr show dev va | grep -A1 'inet6 fd00:5::' | sed -n "s/.*${1}_lft \([0-9]*\)sec.*/\1/p" | head -n 1; }

route_is() { ip -n a -6 route show | grep -Eq "$1"; }
default_route() { wait_for 20 route_is "^default via $(link_address r ra) dev va proto ra .*expires [1-6]?[0-9]sec.* pref high" || heard "no"; }
prefix_routes() {
	route_is '^fd00:5::/64 dev va proto (ra|kernel) .*expires' || { heard "no route to the prefix of addresses"; return; }
	route_is '^fd00:6::/64 dev va proto (ra|kernel) .*expires' || { heard "no route to the other prefix"; return; }
	! has_address fd00:6: || { heard "an address that nobody offered"; return; }
	ping_ok a fd00:5::f
}
more_specific() { route_is "^fd00:66::/48 via $(link_address r ra) dev va proto ra .*expires.* pref low" || heard "no"; }
conf_is() { same "$1" "$2" "$(in_ns a cat "/proc/sys/net/ipv6/conf/va/$1")"; }
mtu() { wait_for 10 conf_is mtu 1400; }
hop_limit() { wait_for 10 conf_is hop_limit 77; }

asked() {
	in_ns a rdisc6 -1 va > "$T/rdisc" 2>&1 || { cat "$T/rdisc"; fail "rdisc6"; return; }
	grep -q 'Prefix *: fd00:5::/64' "$T/rdisc" || { cat "$T/rdisc"; fail "no prefix"; return; }
	in_ns a ndisc6 -1 fd00:5::f va > "$T/ndisc" 2>&1 || { cat "$T/ndisc"; fail "ndisc6 of the host"; return; }
	in_ns r ndisc6 -1 "$(eui_of)" ra > "$T/ndisc" 2>&1 || { cat "$T/ndisc"; fail "ndisc6 of the router"; return; }
	grep -qi "$(ip -n a link show dev va | awk '/ether/ { print $2 }')" "$T/ndisc" || { cat "$T/ndisc"; fail "another MAC"; }
}

withdrawn() {
	silence
	wait_for 10 no_default || { heard "the default route is there"; return; }
	has_address "$(eui_of)" || heard "the address went, too"
}
no_default() { ! route_is '^default'; }

# RFC 4862 5.5.3 e: what a stranger says can't end an address in less than two hours.
two_hours() {
	advertise 10000 9000 60
	wait_for 20 valid_within 9900 10000 || { heard "longer is always right"; return; }
	advertise 60 50 60
	wait_for 20 valid_within 7100 7200 || { heard "valid for $(lifetime valid) s"; return; }
	left=$(lifetime preferred)
	[ "$left" -le 50 ] || { heard "preferred for $left s"; return; }
	sleep 6
	valid_within 7050 7199 || { heard "and after one more, $(lifetime valid) s"; return; }
	advertise 9000 50 60
	wait_for 20 valid_within 8900 9000 || heard "valid for $(lifetime valid) s"
}
valid_within() { left=$(lifetime valid) && [ "${left:-0}" -ge "$1" ] && [ "$left" -le "$2" ]; }

stable() {
	set_conf a va/stable_secret 2001:db8::1234 && set_conf a va/addr_gen_mode 2 && link_again || return
	wait_for 20 has_address 'fd00:5::.*stable-privacy' || { heard "none"; return; }
	wait_for 20 default_back || { heard "no default route"; return; }
	first=$(ip -n a -6 addr show dev va | grep 'inet6 fd00:5::.*stable-privacy')
	link_again
	wait_for 20 has_address 'fd00:5::.*stable-privacy' || { heard "none when asked again"; return; }
	same 'another time' "$first" "$(ip -n a -6 addr show dev va | grep 'inet6 fd00:5::.*stable-privacy')"
}
default_back() { route_is '^default'; }

temporary() {
	set_conf a va/use_tempaddr 2 && link_again || return
	wait_for 20 has_address 'fd00:5::.*temporary' || { heard "none"; return; }
	t_temp=$(ip -n a -6 addr show dev va | sed -n 's/.*inet6 \(fd00:5::[^/]*\).*temporary.*/\1/p' | head -n 1)
	wait_for 10 source_is "$t_temp" || { ip -n a -6 route get fd00:5::f; return 1; }
	ping_ok a fd00:5::f -I "$t_temp"
}
source_is() { ip -n a -6 route get fd00:5::f | grep -q "src $1"; }

# A host that wants no default route of routers has nothing more to ask for either, once one has answered.
answered() {
	set_conf a va/accept_ra_defrtr 0 && set_conf a va/router_solicitations -1 || return
	set_conf a va/router_solicitation_interval 1 && set_conf a va/router_solicitation_max_interval 1 || return
	cap_start asks a va -d out && link_again && wait_for 20 has_address fd00:5:: || return
	cap_stop asks || return
	grep -q "$solicitation" "$T/asks.cap" || { fail "it did not ask"; return; }
	no_default || { heard "a default route"; return; }
	cap_start asks a va -d out && sleep 2.5 && cap_stop asks || return
	! grep "$solicitation" "$T/asks.cap" || { fail "it asks on"; return; }
	set_conf a va/accept_ra_defrtr 1 && set_conf a va/router_solicitations 3
}
solicitation='^.\{24\}86dd.\{12\}3aff.\{64\}85'

ignored() {
	set_conf a va/accept_ra 0 && link_again || return
	wait_for 10 asked_quietly || return
	sleep 5
	! route_is '^default' || { heard "it has a default route"; return; }
	! has_address fd00:5: || heard "it has an address"
}
asked_quietly() { in_ns a rdisc6 -1 va; }

must net_router
check address-by-eui64 by_eui
check default-route default_route
check prefix-routes prefix_routes
check more-specific-route more_specific
check link-mtu mtu
check hop-limit hop_limit
check asked-by-rdisc6-and-ndisc6 asked
check withdrawn-router-goes withdrawn
check two-hour-rule two_hours
check stable-privacy stable
check temporary-address temporary
check answered-without-a-default-route answered
check advertisements-ignored ignored
silence
ns_del a r
t_end
