// What sanitizers change: programs take some ten times as long, so of random cases a tenth is run.
#pragma once

namespace ntkc::tests {

#ifdef __SANITIZE_ADDRESS__
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
constexpr int cases(int count) { return kSanitized ? count / 10 : count; }

}  // namespace ntkc::tests
