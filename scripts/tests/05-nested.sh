#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# on: x86_64-plain x86_64-debug-long sparc64-plain sparc64-debug-long; limit 60
#
# Bundles of SAs: transport ESP inside tunnel ESP, a tunnel inside a tunnel, three and four of them. Each SA counts its
# packet, only ESP is on the wire, and a packet that came through some of the SAs but not through all is refused, or one that
# the selectors of any of them don't name.
. "$(dirname "$0")/lib.sh"

# bundle FAMILY TRANSFORMS…: sets up both ends; SPIs 0x1001 and 0x1002 are the inner SAs', 0x2001 and 0x2002 the outer
# ones'. INNER is "transport" or "tunnel".
bundle() {
	tunnel_ends 4 "$1"
	oa=$t_oa ob=$t_ob ia=$t_ia ib=$t_ib
	ab=transport ba=transport
	if [ "$2" = tunnel ]; then
		ab="tunnel $ia $ib" ba="tunnel $ib $ia"
	fi
	load_ends bundle_end "$2"
}
# bundle_end DIR-AB DIR-BA INNER: one end of it.
bundle_end() {
	printf '%s flush\n' sa policy
	sa_line "$1" 0x1001 "$ia" "$ib" "$3" aes-gcm-128
	sa_line "$2" 0x1002 "$ib" "$ia" "$3" aes-gcm-128
	sa_line "$1" 0x2001 "$oa" "$ob" tunnel aes-cbc-128-hmac-sha256
	sa_line "$2" 0x2002 "$ob" "$oa" tunnel aes-cbc-128-hmac-sha256
	echo "policy add dir $1 prio 10 src $ia dst $ib action protect esp $ab esp tunnel $oa $ob"
	echo "policy add dir $2 prio 10 src $ib dst $ia action protect esp $ba esp tunnel $ob $oa"
}

# Bytes of TCP.
bytes=50000
! in_full || bytes=200000

# stops: one datagram of a's, which the counters say nobody has to wait for.
stops() { udp_stops -t 1 a "$ia" b "$ib"; }

whole() {
	bundle "$@" || return
	drops_from_here a b
	wire_start || return
	ping_ok a "$ib" -s 1000 && udpload -n 10 -s 1000 a "$ia" b "$ib" && tcp_between -n "$bytes" a "$ia" b "$ib"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; sextant -N b sa list; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	sent=$(sa_packets a 0x1001 0x2001)
	same "packets of both SAs at both ends" "$sent" "$(sa_packets b 0x1001 0x2001)" && same "packets of both SAs" "${sent% *}" "${sent#* }"
}

# around SRC: transport around a tunnel, from a to b alone; b's outer SA is from SRC.
around() {
	tunnel_ends 4 4
	oa=$t_oa ob=$t_ob ia=$t_ia ib=$t_ib
	{
		printf '%s flush\n' sa policy
		sa_line out 0x1001 "$oa" "$ob" tunnel aes-gcm-128
		sa_line out 0x2001 "$oa" "$ob" transport aes-gcm-128
		echo "policy add dir out prio 10 src $ia dst $ib action protect esp tunnel $oa $ob esp transport"
	} > "$T/around"
	load a < "$T/around" || return
	{
		printf '%s flush\n' sa policy
		sa_line in 0x1001 "$oa" "$ob" tunnel aes-gcm-128
		sa_line in 0x2001 "$1" "$ob" transport aes-gcm-128
		echo "policy add dir in prio 10 src $ia dst $ib action protect esp tunnel $oa $ob esp transport"
	} > "$T/around"
	load b < "$T/around"
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
	bundle "$1" transport && load a <<-END || return
		policy flush
		policy add dir out prio 10 src $ia dst $ib action protect $2
	END
	drop_of b policy-mismatch 1 stops
}

# layers A B [LAYER]: sets $layers, the transforms of the deep bundles, innermost first, for what goes from one end to the
# other, and $in_ends and $out_ends, the tunnels' ends. Without that layer.
layers() {
	tunnel_ends "$outside" "$inside"
	case $1 in
	a) in_ends="$t_ia $t_ib" out_ends="$t_oa $t_ob" ;;
	b) in_ends="$t_ib $t_ia" out_ends="$t_ob $t_oa" ;;
	esac
	layers=
	[ "${3-}" = 1 ] || layers="esp transport"
	[ "${3-}" = 2 ] || layers="$layers esp tunnel $in_ends"
	[ "${3-}" = 3 ] || layers="$layers esp tunnel $out_ends"
	[ "$deep" = 3 ] || [ "${3-}" = 4 ] || layers="$layers esp transport"
}
# deep_sas DIR SEED A B: their SAs; SPIs 0x1001 to 0x4001 from a to b, innermost first.
deep_sas() {
	layers "$3" "$4"
	# shellcheck disable=SC2086 # two addresses
	{
		sa_line "$1" "0x100$2" $in_ends transport aes-gcm-128
		sa_line "$1" "0x200$2" $in_ends tunnel chacha20-poly1305
		sa_line "$1" "0x300$2" $out_ends tunnel aes-cbc-128-hmac-sha256
		[ "$deep" = 3 ] || sa_line "$1" "0x400$2" $out_ends transport null-hmac-sha256
	}
}
# deep_policies HERE THERE [LAYER]: what leaves HERE goes through all but that, what arrives has to come through all.
deep_policies() {
	echo 'policy flush'
	layers "$1" "$2" "${3-}"
	echo "policy add dir out prio 10 src ${in_ends% *} dst ${in_ends#* } action protect $layers"
	layers "$2" "$1"
	echo "policy add dir in prio 10 src ${in_ends% *} dst ${in_ends#* } action protect $layers"
}
# deep_bundle NUMBER OUTSIDE INSIDE: of SAs, and the families.
deep_bundle() {
	deep=$1 outside=$2 inside=$3
	tunnel_ends "$2" "$3"
	ia=$t_ia ib=$t_ib
	{
		echo 'sa flush'
		deep_sas out 1 a b
		deep_sas in 2 b a
		deep_policies a b
	} > "$T/deep"
	load a < "$T/deep" || return
	{
		echo 'sa flush'
		deep_sas in 1 a b
		deep_sas out 2 b a
		deep_policies b a
	} > "$T/deep"
	load b < "$T/deep"
}

deep_whole() {
	deep_bundle "$@" || return
	drops_from_here a b
	wire_start || return
	ping_ok a "$ib" -s 1000 && udpload -n 10 -s 1000 a "$ia" b "$ib" && udpload -n 2 -s 4000 a "$ia" b "$ib" &&
		tcp_between -n "$bytes" a "$ia" b "$ib"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; sextant -N b sa list; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	spis='0x1001 0x2001 0x3001'
	[ "$deep" = 3 ] || spis="$spis 0x4001"
	# shellcheck disable=SC2086 # words
	sent=$(sa_packets a $spis)
	number=${sent%% *}
	[ "${number:-0}" -ge 13 ] || { fail "$number packets"; return; }
	# shellcheck disable=SC2086 # words
	same "packets of the SAs" "$sent" "$(sa_packets b $spis)" || return
	for packets in $sent; do
		same "packets of each" "$number" "$packets" || return
	done
}

# Each of the layers is left out once.
deep_partly() {
	deep_bundle "$@" || return
	for out in 1 2 3 4; do
		[ "$deep$out" != 34 ] || continue
		deep_policies a b "$out" > "$T/deep"
		load a < "$T/deep" || return
		drop_of b policy-mismatch 1 stops || { fail "without layer $out"; return; }
	done
}

# outer_sa NS DIR FROM TO MODE WORD…: the SA 0x2001 anew.
outer_sa() {
	t_ns=$1
	shift
	{
		echo "sa del dir $1 spi 0x2001 dst $3"
		sa_line "$1" 0x2001 "$2" "$3" "$4" aes-cbc-128-hmac-sha256 "$5"
	} > "$T/outer"
	load "$t_ns" < "$T/outer"
}
# The selectors of an SA around another are asked: what comes to it is ESP between the ends of that one. Where one says no at
# the sender, nothing leaves.
asked_outside() {
	bundle "$1" "$2" && outer_sa a out "$oa" "$ob" tunnel "sel proto tcp" && wire_start || return
	drop_of a inner-selector 1 stops && outer_sa a out "$oa" "$ob" tunnel "sel src $oa" &&
		drop_of a inner-selector 1 stops
	stopped=$?
	wire_stop && [ "$stopped" = 0 ] || return
	frames "$T/wire.cap" > "$T/frames"
	[ ! -s "$T/frames" ] || { cat "$T/frames"; fail "something is on the wire"; return; }
	drops_from_here a b
	outer_sa a out "$oa" "$ob" tunnel "sel proto 50 src $ia dst $ib" &&
		outer_sa b in "$oa" "$ob" tunnel "sel proto 50 src $ia dst $ib" && ping_ok a "$ib" && no_drops a b || return
	outer_sa b in "$oa" "$ob" tunnel "sel proto tcp" && drop_of b inner-selector 1 stops
}

# transport_twice FAMILY: and so are those of a transport SA around another, where packets arrive.
transport_twice() {
	tunnel_ends "$1" -
	oa=$t_oa ob=$t_ob
	load a <<-END || return
		sa flush
		policy flush
		$(sa_line out 0x1001 "$oa" "$ob" transport aes-gcm-128 group 1)
		$(sa_line out 0x2001 "$oa" "$ob" transport aes-cbc-128-hmac-sha256 group 2)
		policy add dir out prio 10 src $oa dst $ob proto udp action protect esp transport group 1 esp transport group 2
	END
	for pair in 'passes proto 50' 'stops proto udp' "stops proto 50 src $ob"; do
		load b <<-END || return
			sa flush
			policy flush
			$(sa_line in 0x1001 "$oa" "$ob" transport aes-gcm-128 group 1)
			$(sa_line in 0x2001 "$oa" "$ob" transport aes-cbc-128-hmac-sha256 group 2 sel "${pair#* }")
			policy add dir in prio 10 src $oa dst $ob proto udp action protect esp transport group 1 esp transport group 2
		END
		case $pair in
		passes*) udp_passes a "$oa" b "$ob" ;;
		stops*) drop_of b inner-selector 1 udp_stops a "$oa" b "$ob" && same "packets inside" 0 "$(sa_packets b 0x1001)" ;;
		esac || { fail "$pair"; return; }
	done
}

must net_two
for family in 4 6; do
	check "transport inside a tunnel, IPv$family" whole $family transport
	check "a tunnel inside a tunnel, IPv$family" whole $family tunnel
	check "the tunnel alone is refused, IPv$family" partly $family "esp tunnel 10.1.0.1 10.1.0.2"
	check "the transport SA alone is refused, IPv$family" partly $family "esp transport"
done
for kind in '3 4 6' '4 6 4'; do
	# shellcheck disable=SC2086 # three words
	set -- $kind
	check "$1 layers, IPv$3 in IPv$2" deep_whole "$@"
	check "$1 layers but one are refused, IPv$3 in IPv$2" deep_partly "$@"
done
check "transport around a tunnel" around_a_tunnel
check "selectors of the tunnel around transport, IPv4" asked_outside 4 transport
check "selectors of the tunnel around a tunnel, IPv6" asked_outside 6 tunnel
for family in 4 6; do
	check "selectors of transport around transport, IPv$family" transport_twice $family
done
t_end
