// The privacy engine's first look at a text, sixteen bytes at a time: Swift's vectors cannot turn a comparison into bits.
// Written with clang's portable vectors, which become SSE2 here and NEON elsewhere.
#ifndef REPAZOO_CLANDMARKS_SHIM_H
#define REPAZOO_CLANDMARKS_SHIM_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t rz_bytes __attribute__((ext_vector_type(16)));
typedef bool rz_flags __attribute__((ext_vector_type(16)));

// One bit for each of up to 64 bytes, the first byte's the lowest; clear where the text does not reach.
typedef struct {
    // The first digit of a run, `-`, `:`, `=`, `@`; if dots are asked for, the `.`s behind which a word may go on.
    uint64_t marks;
    // The first of eight bytes, counted in eights from the start, that are nothing but letters, digits and `-./:;<=>?@[\]^_`.
    uint64_t bound;
    // Those letters, digits and signs.
    uint64_t signs;
    // Not 0 if there are bytes of 0x80 and above.
    uint64_t wide;
} rz_landmarks;

#define RZ_INLINE static inline __attribute__((always_inline))
#define RZ_BITS(comparison) ((uint64_t)__builtin_bit_cast(uint16_t, __builtin_convertvector((comparison), rz_flags)))

RZ_INLINE rz_bytes rz_load(const uint8_t *from) {
    rz_bytes bytes;
    memcpy(&bytes, from, 16);
    return bytes;
}

typedef struct { uint64_t digits, points, dots, bound, wide; rz_bytes any; } rz_classes;

// Adds the bits of sixteen bytes, of which the first `missing` were looked at before.
RZ_INLINE void rz_classify(rz_bytes here, intptr_t missing, intptr_t offset, bool dots, rz_classes *to) {
    to->digits |= RZ_BITS(here - 0x30 < 10) >> missing << offset;
    to->points |= RZ_BITS((here == 0x2D) | (here == 0x3A) | (here == 0x3D) | (here == 0x40)) >> missing << offset;
    to->bound |= RZ_BITS(here - 0x2D < 0x53) >> missing << offset;
    to->any |= here;
    if (dots) {
        to->dots |= RZ_BITS(here == 0x2E) >> missing << offset;
        to->wide |= RZ_BITS(here >= 0x80) >> missing << offset;
    }
}

RZ_INLINE rz_landmarks rz_look(const uint8_t *text, intptr_t count, intptr_t start, bool dots) {
    rz_classes all = {0};
    if (start + 64 <= count) {
        for (intptr_t offset = 0; offset < 64; offset += 16) rz_classify(rz_load(text + start + offset), 0, offset, dots, &all);
    } else if (count >= 16) {
        intptr_t offset = 0;
        for (; start + offset + 16 <= count; offset += 16) rz_classify(rz_load(text + start + offset), 0, offset, dots, &all);
        if (start + offset < count)
            rz_classify(rz_load(text + count - 16), start + offset + 16 - count, offset, dots, &all);
    } else {
        uint8_t room[16] = {0};
        memcpy(room, text, (size_t)count);
        rz_classify(rz_load(room), 0, 0, dots, &all);
    }
    uint64_t bound = all.bound & all.bound >> 1;
    bound &= bound >> 2;
    bound &= bound >> 4;
    uint64_t isBehindDigit = all.digits << 1 | (start > 0 && (uint8_t)(text[start - 1] - 0x30) < 10);
    // Most dots end a sentence. What follows the last byte of a block is not known here.
    uint64_t goesOn = (all.bound | all.wide) & ~(all.digits | all.dots);
    uint64_t dotsInside = all.dots & (goesOn >> 1 | 1ull << 63);
    uint64_t halves[2];
    memcpy(halves, &all.any, 16);
    rz_landmarks seen = {
        all.points | dotsInside | (all.digits & ~isBehindDigit), bound & 0x0101010101010101, all.bound, (halves[0] | halves[1]) & 0x8080808080808080};
    return seen;
}

// Of the bytes from `start` on; `start` must lie inside of the text.
RZ_INLINE rz_landmarks rz_landmarks_at(const uint8_t *text, intptr_t count, intptr_t start, bool dots) {
    return dots ? rz_look(text, count, start, true) : rz_look(text, count, start, false);
}

// Sixteen bytes from `place` on; near the end of the text its last sixteen, of which `missing` lie before `place`.
RZ_INLINE rz_bytes rz_sixteen(const uint8_t *text, intptr_t count, intptr_t place, intptr_t *missing) {
    *missing = 0;
    if (place + 16 <= count) return rz_load(text + place);
    if (count < 16) {
        uint8_t room[16] = {0};
        memcpy(room, text, (size_t)count);
        *missing = place;
        return rz_load(room);
    }
    *missing = place + 16 - count;
    return rz_load(text + count - 16);
}

// The bytes from `start` on that are one of four small letters in either case, or begin a scalar beyond ASCII.
RZ_INLINE uint64_t rz_openings_at(const uint8_t *text, intptr_t count, intptr_t start, uint32_t letters) {
    uint8_t a = (uint8_t)letters, b = (uint8_t)(letters >> 8), c = (uint8_t)(letters >> 16), d = (uint8_t)(letters >> 24);
    uint64_t found = 0;
    for (intptr_t offset = 0; offset < 64 && start + offset < count; offset += 16) {
        intptr_t missing;
        rz_bytes here = rz_sixteen(text, count, start + offset, &missing), small = here | 0x20;
        found |= RZ_BITS((small == a) | (small == b) | (small == c) | (small == d) | (here >= 0xC2)) >> missing << offset;
    }
    return found;
}

// The bytes from `start` on that begin a scalar beyond ASCII which may look like another: neither letters of Latin, Greek,
// Cyrillic and Hebrew, nor ideographs, nor Hangul.
RZ_INLINE uint64_t rz_doubtful_at(const uint8_t *text, intptr_t count, intptr_t start) {
    uint64_t found = 0;
    for (intptr_t offset = 0; offset < 64 && start + offset < count; offset += 16) {
        intptr_t missing;
        rz_bytes here = rz_sixteen(text, count, start + offset, &missing);
        found |= RZ_BITS((here == 0xC2) | (here == 0xCD) | (here - 0xD8 < 0x0C) | (here == 0xEA) | (here >= 0xEE)) >> missing
            << offset;
    }
    return found;
}

// How many letters, digits and `sign`s stand from `start` on, up to sixteen; `start` must lie inside of the text.
RZ_INLINE intptr_t rz_word_length(const uint8_t *text, intptr_t count, intptr_t start, uint8_t sign) {
    intptr_t missing;
    rz_bytes here = rz_sixteen(text, count, start, &missing);
    uint64_t word = RZ_BITS(((here | 0x20) - 0x61 < 26) | (here - 0x30 < 10) | (here == sign)) >> missing;
    return __builtin_ctzll(~word);
}

#undef RZ_BITS
#undef RZ_INLINE
#endif
