// XXH3 of bytes that come in pieces: https://github.com/Cyan4973/xxHash/blob/release/doc/xxhash_spec.md
#pragma once
#include <xxhash.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace ntkc::io {

class Checksum {
 public:
  Checksum() { XXH3_64bits_reset(state_.get()); }
  void add(std::string_view bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  // Of all that was added since the last call.
  std::uint64_t take() {
    const std::uint64_t sum = XXH3_64bits_digest(state_.get());
    XXH3_64bits_reset(state_.get());
    return sum;
  }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_{XXH3_createState()};
};

}  // namespace ntkc::io
