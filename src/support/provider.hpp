// Where source texts come from: the disk, or memory (tests, embedding, standard input, what is inside the binary).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace ntkc {

struct ReadFailure {
  enum class Kind { missing, directory, too_large, unreadable };
  Kind kind = Kind::missing;
  std::string reason;  // for people: "no such file"
};

class SourceProvider {
 public:
  static constexpr std::size_t kMaxBytes = 256u << 20;

  virtual ~SourceProvider() = default;
  // The whole text at a path, at most kMaxBytes of it.
  virtual std::variant<std::string, ReadFailure> read(const std::string& path) = 0;
  // One name for all paths of the same file.
  virtual std::string identity(const std::string& path) = 0;
};

class DiskProvider : public SourceProvider {
 public:
  std::variant<std::string, ReadFailure> read(const std::string& path) override;
  std::string identity(const std::string& path) override;
};

// Texts by their paths; what it does not have is asked from `next`, if there is one.
class MemoryProvider : public SourceProvider {
 public:
  explicit MemoryProvider(std::map<std::string, std::string> files = {}, SourceProvider* next = nullptr)
      : files_(std::move(files)), next_(next) {}
  void add(std::string path, std::string text) { files_.insert_or_assign(std::move(path), std::move(text)); }
  std::variant<std::string, ReadFailure> read(const std::string& path) override;
  std::string identity(const std::string& path) override;

 private:
  std::map<std::string, std::string> files_;
  SourceProvider* next_;
};

}  // namespace ntkc
