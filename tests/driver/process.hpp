// Runs ntkc as a process, in a fresh folder of its own.
#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace test {

namespace fs = std::filesystem;

inline std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

struct Outcome {
  int status;  // 128 + n for a process that signal n ended
  std::string out, err;
};

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "ntkc-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::permissions(path_, fs::perms::owner_all, fs::perm_options::add, ignored);
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

  // A command of the shell, in this folder; $NTKC is the compiler.
  Outcome shell(const std::string& command) const {
    const std::string whole =
        "cd '" + path_.string() + "' && NTKC='" NTKC_BINARY_DIR "/bin/ntkc' && { " + command + "\n} >.out 2>.err </dev/null";
    const int status = std::system(whole.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read(path_ / ".out"), read(path_ / ".err")};
  }
  Outcome ntkc(const std::string& arguments) const { return shell("\"$NTKC\" " + arguments); }

 private:
  fs::path path_;
};

inline const std::string kSmall =
    "ntk 1\nparam s = 1.5 in [0, 10]\nnetwork small {\n  input x: [4]\n  dense(sigma_w = s)\n  relu\n  dense\n}\n";

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace test
