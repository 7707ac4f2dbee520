// ntkc as a process that runs beside the test.
#pragma once
#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "process.hpp"

namespace test {

class Child {
 public:
  // Words are separated by blanks; what it prints is thrown away.
  Child(const Folder& folder, const std::string& arguments) : pid_(fork()) {
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) become(folder, arguments);
  }
  ~Child() {
    if (!ended_) send(SIGKILL), wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool has_ended() { return ended_ || collect(WNOHANG); }
  void send(int signal) const { kill(pid_, signal); }
  int wait() {  // its exit status as a shell has it
    if (!ended_) collect(0);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }
  std::size_t peak_kilobytes() const { return static_cast<std::size_t>(usage_.ru_maxrss); }

 private:
  bool collect(int options) { return ended_ = wait4(pid_, &status_, options, &usage_) == pid_; }
  [[noreturn]] static void become(const Folder& folder, const std::string& arguments) {
    std::signal(SIGINT, SIG_DFL);  // a shell's background jobs ignore it
    const int nowhere = open("/dev/null", O_RDWR);
    if (chdir(folder.path().c_str()) != 0 || dup2(nowhere, 1) < 0 || dup2(nowhere, 2) < 0) _exit(99);
    std::istringstream in(arguments);
    std::vector<std::string> words{"ntkc"};
    for (std::string word; in >> word;) words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    execv(NTKC_BINARY_DIR "/bin/ntkc", argv.data());
    _exit(99);
  }

  pid_t pid_;
  int status_ = 0;
  bool ended_ = false;
  rusage usage_{};
};

}  // namespace test
