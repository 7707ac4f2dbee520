// The instruction set that a translation unit is compiled for, as an inline namespace around all of the runtime and of what is generated.
// Lanes are as wide as its registers: programs whose parts are compiled for several sets must not share what is made of them.
#pragma once
#ifndef NTK_RUNTIME_ABI_HPP
#define NTK_RUNTIME_ABI_HPP
#if defined(__AVX512F__)
#define NTK_ABI inline for_avx512
#elif defined(__AVX__) && defined(__FMA__)
#define NTK_ABI inline for_avx_fma
#elif defined(__AVX__)
#define NTK_ABI inline for_avx
#elif defined(__SSE2__)
#define NTK_ABI inline for_sse2
#elif defined(__aarch64__)
#define NTK_ABI inline for_neon
#else
#define NTK_ABI inline for_any
#endif
#endif
