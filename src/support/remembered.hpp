// Results that are dear and asked for again and again.
#pragma once
#include <map>
#include <mutex>

namespace ntkc {

template <class Key, class T, class Less = std::less<Key>>
class Remembered {
 public:
  // make() depends on the key alone and may ask for others; threads that make the same one make equal ones.
  template <class Make>
  T of(const Key& key, const Make& make) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = known_.find(key); found != known_.end()) return found->second;
    }
    T result = make();
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMost) known_.clear();
    return known_.insert_or_assign(key, std::move(result)).first->second;
  }

 private:
  static constexpr std::size_t kMost = 256;
  std::mutex mutex_;
  std::map<Key, T, Less> known_;
};

}  // namespace ntkc
