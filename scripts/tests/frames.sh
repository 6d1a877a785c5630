# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
# Frames of IPv6 made byte by byte, where there is no Python, for tests that source this behind lib.sh. Addresses and
# all else are in hexadecimal digits.

# Who uses this sets them: the stranger, who is in a behind va unless it is said otherwise, and the host.
mac_a='' mac_b='' stranger='a va'

hex_mac() { ip -n "$1" link show dev "$2" | awk '$1 == "link/ether" { gsub(":", "", $2); print $2 }'; }

# frames_of: reads lines of SRC DST HOP-LIMIT NEXT-HEADER HEADERS ICMPV6 [LENGTH], - for none of a part, and prints
# frames to b. The ICMPv6 message has room for its checksum, which is put there. What is behind a # is a name.
frames_of() {
	awk -v from="$mac_a" -v host="$mac_b" '
	function value(s,   i, v) {
		for (i = 1; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
		return v
	}
	function sum(s,   i, v) {
		while (length(s) % 4)
			s = s "00"
		for (i = 1; i < length(s); i += 4)
			v += value(substr(s, i, 4))
		return v
	}
	{
		pre = $5 == "-" ? "" : $5
		icmp = $6 == "-" ? "" : $6
		if (length(icmp) >= 8) {
			v = sum($1) + sum($2) + ($7 ~ /^[1-9]/ ? $7 : length(icmp) / 2) + 58 + sum(icmp)
			while (v > 65535)
				v = v % 65536 + int(v / 65536)
			icmp = substr(icmp, 1, 4) sprintf("%04x", 65535 - v) substr(icmp, 9)
		}
		len = $7 == "" || $7 == "#" ? (length(pre) + length(icmp)) / 2 : $7
		to = substr($2, 1, 2) == "ff" ? "3333" substr($2, 25) : host
		printf "%s%s86dd60000000%04x%02x%02x%s%s%s%s\n", to, from, len, $4, $3, $1, $2, pre, icmp
	}'
}
send_frames() { rawsend -m eth -i "${stranger#* }" "${stranger% *}" > "$T/rawsend" 2>&1 || { cat "$T/rawsend"; fail "not sent"; }; }

# zeros N: bytes.
zeros() { [ "$1" -eq 0 ] || printf "%0$((2 * $1))d" 0; }

all_nodes=ff020000000000000000000000000001

# advertise ROUTER PREFERENCE LIFETIME [OPTION…]: preference 0 medium, 8 high, 18 low; lifetime in seconds; options in
# hexadecimal.
advertise() {
	{
		printf 'fe8000000000000000000000000000%s %s 255 58 - 860000004d%02x%04x00000000000000000101%s' \
			"$1" "$all_nodes" "$((0x$2))" "$3" "$mac_a"
		shift 3
		printf %s "$@"
		echo
	} > "$T/advertised"
	frames_of < "$T/advertised" > "$T/advertisement"
	send_frames < "$T/advertisement"
}
# prefix HEX VALID [PREFERRED]: as an option, on the link and for addresses.
prefix() {
	t_prefix=$1
	while [ ${#t_prefix} -lt 32 ]; do
		t_prefix=${t_prefix}0
	done
	printf '030440c0%08x%08x00000000%s' "$2" "${3-$2}" "$t_prefix"
}
