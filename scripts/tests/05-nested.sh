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

# layers A B: the transforms of the deep bundles, innermost first, for what goes from one end to the other.
layers() {
	t_inner="$(inner "$inside" "$1") $(inner "$inside" "$2")" t_outer="$(outer "$outside" "$1") $(outer "$outside" "$2")"
	echo "esp transport"
	echo "esp tunnel $t_inner"
	echo "esp tunnel $t_outer"
	[ "$deep" = 3 ] || echo "esp transport"
}
# deep_sas DIR SEED A B: their SAs; SPIs 0x1001 to 0x4001 from a to b, innermost first.
deep_sas() {
	t_inner="$(inner "$inside" "$3") $(inner "$inside" "$4")" t_outer="$(outer "$outside" "$3") $(outer "$outside" "$4")"
	# shellcheck disable=SC2086 # two addresses
	{
		sa_line "$1" "0x100$2" $t_inner transport aes-gcm-128
		sa_line "$1" "0x200$2" $t_inner tunnel chacha20-poly1305
		sa_line "$1" "0x300$2" $t_outer tunnel aes-cbc-128-hmac-sha256
		[ "$deep" = 3 ] || sa_line "$1" "0x400$2" $t_outer transport null-hmac-sha256
	}
}
# deep_policies HERE THERE LAYERS…: what leaves HERE goes through those, what arrives has to come through all.
deep_policies() {
	t_here=$1 t_there=$2
	shift 2
	echo 'policy flush'
	echo "policy add dir out prio 10 src $(inner "$inside" "$t_here") dst $(inner "$inside" "$t_there") action protect $*"
	echo "policy add dir in prio 10 src $(inner "$inside" "$t_there") dst $(inner "$inside" "$t_here") action protect" \
		"$(layers "$t_there" "$t_here" | tr '\n' ' ')"
}
# deep_bundle NUMBER OUTSIDE INSIDE: of SAs, and the families.
deep_bundle() {
	deep=$1 outside=$2 inside=$3 ia=$(inner "$3" a) ib=$(inner "$3" b)
	{
		echo 'sa flush'
		deep_sas out 1 a b
		deep_sas in 2 b a
		deep_policies a b "$(layers a b | tr '\n' ' ')"
	} | load a || return
	{
		echo 'sa flush'
		deep_sas in 1 a b
		deep_sas out 2 b a
		deep_policies b a "$(layers b a | tr '\n' ' ')"
	} | load b
}

deep_whole() {
	deep_bundle "$@" || return
	drops_from_here a b
	wire_start || return
	ping_ok a "$ib" -s 1000 && udpload -n 10 -s 1000 a "$ia" b "$ib" && udpload -n 2 -s 4000 a "$ia" b "$ib" &&
		tcp_between -n 200000 a "$ia" b "$ib"
	sent=$?
	wire_stop || return
	[ "$sent" = 0 ] || { all_drops a; all_drops b; sextant -N b sa list; fail "no traffic"; return; }
	only_esp "$T/wire.cap" && no_drops a b || return
	number=$(sa_packets a 0x1001)
	[ "$number" -ge 13 ] || { fail "$number packets"; return; }
	for spi in 0x1001 0x2001 0x3001 0x4001; do
		[ "$deep$spi" != 30x4001 ] || continue
		same "packets of $spi" "$number $number" "$(sa_packets a "$spi") $(sa_packets b "$spi")" || return
	done
}

# Each of the layers is left out once.
deep_partly() {
	deep_bundle "$@" || return
	for out in $(seq "$deep"); do
		deep_policies a b "$(layers a b | sed "${out}d" | tr '\n' ' ')" | load a || return
		drop_of b policy-mismatch 1 ping_fails a "$ib" || { fail "without layer $out"; return; }
	done
}

# outer_sa NS DIR FROM TO MODE WORD…: the SA 0x2001 anew.
outer_sa() {
	t_ns=$1
	shift
	{ echo "sa del dir $1 spi 0x2001 dst $3"; sa_line "$1" 0x2001 "$2" "$3" "$4" aes-cbc-128-hmac-sha256 "$5"; } | load "$t_ns"
}
# The selectors of an SA around another are asked: what comes to it is ESP between the ends of that one. Where one says no at
# the sender, nothing leaves.
asked_outside() {
	bundle "$1" "$2" && outer_sa a out "$oa" "$ob" tunnel "sel proto tcp" && wire_start || return
	drop_of a inner-selector 1 ping_fails a "$ib" && outer_sa a out "$oa" "$ob" tunnel "sel src $oa" &&
		drop_of a inner-selector 1 ping_fails a "$ib"
	stopped=$?
	wire_stop && [ "$stopped" = 0 ] || return
	same "frames on the wire" '' "$(frames "$T/wire.cap")" || return
	drops_from_here a b
	outer_sa a out "$oa" "$ob" tunnel "sel proto 50 src $ia dst $ib" &&
		outer_sa b in "$oa" "$ob" tunnel "sel proto 50 src $ia dst $ib" && ping_ok a "$ib" && no_drops a b || return
	outer_sa b in "$oa" "$ob" tunnel "sel proto tcp" && drop_of b inner-selector 1 ping_fails a "$ib"
}

# transport_twice FAMILY: and so are those of a transport SA around another, where packets arrive.
transport_twice() {
	oa=$(outer "$1" a) ob=$(outer "$1" b)
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
