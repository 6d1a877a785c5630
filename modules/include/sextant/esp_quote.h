/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An ICMP error quotes the packet that it is about, or as much of it as fitted.
 * What is needed to know the SA that an ESP packet went through is read here.
 * Anybody can send such an error, with any bytes in it.
 */
#ifndef SEXTANT_ESP_QUOTE_H
#define SEXTANT_ESP_QUOTE_H

#include <sextant/esp_wire.h>

/**
 * struct sxt_esp_quote - what is quoted of an ESP packet
 * @src: its source address in the quote, 4 or 16 bytes
 * @dst: its destination
 * @spi: SPI in host order
 */
struct sxt_esp_quote {
	const u8 *src;
	const u8 *dst;
	u32 spi;
};

bool __must_check sxt_esp_quote_ipv4(const u8 *p, u32 len,
				     struct sxt_esp_quote *q);
bool __must_check sxt_esp_quote_ipv6(const u8 *p, u32 len, u32 off,
				     struct sxt_esp_quote *q);

#endif /* SEXTANT_ESP_QUOTE_H */
