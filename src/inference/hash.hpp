// FNV-1a of 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
#pragma once
#include <cstddef>
#include <cstdint>

namespace ntk::inference {

class Hash {
 public:
  void add(const void* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) value_ = (value_ ^ static_cast<const unsigned char*>(data)[i]) * 0x100000001b3;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace ntk::inference
