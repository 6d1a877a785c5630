#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# Bundles of SAs: transport ESP inside tunnel ESP, and a tunnel inside a tunnel. Each SA counts its packet, only ESP is on
# the wire, and a packet that came through some of the SAs but not through all is refused.
. "$(dirname "$0")/lib.sh"

# bundle FAMILY TRANSFORMS…: sets up both ends; SPIs 0x1001 and 0x1002 are the inner SAs', 0x2001 and 0x2002 the outer
# ones'. INNER is "transport" or "tunnel".
bundle() {
	oa=$(outer 4 a) ob=$(outer 4 b) ia=$(inner "$1" a) ib=$(inner "$1" b)
	ab=transport ba=transport
	if [ "$2" = tunnel ]; then
		ab="tunnel $ia $ib" ba="tunnel $ib $ia"
	fi
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 "$ia" "$ib" "$2" aes-gcm-128)
		$(sa_line in 0x1002 "$ib" "$ia" "$2" aes-gcm-128)
		$(sa_line out 0x2001 "$oa" "$ob" tunnel aes-cbc-128-hmac-sha256)
		$(sa_line in 0x2002 "$ob" "$oa" tunnel aes-cbc-128-hmac-sha256)
		policy add dir out prio 10 src $ia dst $ib action protect esp $ab esp tunnel $oa $ob
		policy add dir in prio 10 src $ib dst $ia action protect esp $ba esp tunnel $ob $oa
	END
	load b <<-END
		sa flush
		policy flush
		$(sa_line out 0x1002 "$ib" "$ia" "$2" aes-gcm-128)
		$(sa_line in 0x1001 "$ia" "$ib" "$2" aes-gcm-128)
		$(sa_line out 0x2002 "$ob" "$oa" tunnel aes-cbc-128-hmac-sha256)
		$(sa_line in 0x2001 "$oa" "$ob" tunnel aes-cbc-128-hmac-sha256)
		policy add dir out prio 10 src $ib dst $ia action protect esp $ba esp tunnel $ob $oa
		policy add dir in prio 10 src $ia dst $ib action protect esp $ab esp tunnel $oa $ob
	END
}

whole() {
	bundle "$@" || return
	drops_from_here a b
	wire_start || return
	ping_ok a "$ib" -s 1000 && udpload -n 10 -s 1000 a "$ia" b "$ib" && tcp_between -n 200000 a "$ia" b "$ib"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; sextant -N b sa list; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	same "packets of the inner SA" "$(sa_packets a 0x1001)" "$(sa_packets b 0x1001)" &&
		same "packets of the outer SA" "$(sa_packets a 0x2001)" "$(sa_packets b 0x2001)" &&
		same "packets of both SAs" "$(sa_packets a 0x1001)" "$(sa_packets a 0x2001)"
}

# around SRC: transport around a tunnel, from a to b alone; b's outer SA is from SRC.
around() {
	oa=$(outer 4 a) ob=$(outer 4 b) ia=$(inner 4 a) ib=$(inner 4 b)
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 "$oa" "$ob" tunnel aes-gcm-128)
		$(sa_line out 0x2001 "$oa" "$ob" transport aes-gcm-128)
		policy add dir out prio 10 src $ia dst $ib action protect esp tunnel $oa $ob esp transport
	END
	load b <<-END
		sa flush
		policy flush
		$(sa_line in 0x1001 "$oa" "$ob" tunnel aes-gcm-128)
		$(sa_line in 0x2001 "$1" "$ob" transport aes-gcm-128)
		policy add dir in prio 10 src $ia dst $ib action protect esp tunnel $oa $ob esp transport
	END
}

# Its ends are the tunnel's, and no others'.
around_a_tunnel() {
	around "$(outer 4 a)" || return
	drops_from_here a b
	wire_start || return
	udpload -n 10 -s 1000 a "$ia" b "$ib"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops b; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b && same "packets of the outer SA" 10 "$(sa_packets b 0x2001)" || return
	around 10.1.0.9 && drop_of b policy-mismatch 1 udp_stops a "$ia" b "$ib" || return
	around "$ia" && drop_of b policy-mismatch 1 udp_stops a "$ia" b "$ib"
}

# The sender leaves one of the SAs out.
partly() {
	bundle "$1" transport || return
	printf 'policy flush\npolicy add dir out prio 10 src %s dst %s action protect %s\n' "$ia" "$ib" "$2" | load a || return
	drop_of b policy-mismatch 1 ping_fails a "$ib"
}

must net_two
for family in 4 6; do
	check "transport inside a tunnel, IPv$family" whole $family transport
	check "a tunnel inside a tunnel, IPv$family" whole $family tunnel
	check "the tunnel alone is refused, IPv$family" partly $family "esp tunnel 10.1.0.1 10.1.0.2"
	check "the transport SA alone is refused, IPv$family" partly $family "esp transport"
done
check "transport around a tunnel" around_a_tunnel
t_end
