// How many channels values have, from what must be equal and from what is known.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace ntkc::finite {

// Values of equally many channels are a class (union-find). Classes get sizes from widths, from concats, then by default.
class Channels {
 public:
  using Class = std::uint32_t;
  struct Conflict {
    std::size_t one, other;
  };

  Class add(std::optional<std::size_t> size = {});
  // These throw Conflict where a class would have two sizes.
  void equate(Class a, Class b);
  void fix(Class a, std::size_t size);
  std::optional<std::size_t> size(Class a) const { return sizes_[find(a)]; }
  bool same(Class a, Class b) const { return find(a) == find(b); }

 private:
  Class find(Class a) const;
  std::vector<Class> parents_;
  std::vector<std::optional<std::size_t>> sizes_;
};

}  // namespace ntkc::finite
