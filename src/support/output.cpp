#include "support/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace ntkc {
namespace {

// What a signal handler may look at has to be static.
constexpr std::size_t kWatched = 8;
char g_paths[kWatched][4096];
std::array<std::atomic<bool>, kWatched> g_taken{}, g_armed{};

extern "C" void end_process(int signal) {
  for (std::size_t i = 0; i < kWatched; ++i)
    if (g_armed[i]) unlink(g_paths[i]);
  _exit(signal == SIGPIPE ? 0 : 128 + signal);
}

std::string reason() { return std::strerror(errno); }

bool same_bytes(const std::string& path, std::string_view bytes) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) != bytes.size())
    return false;
  std::ifstream in(path, std::ios::binary);
  const std::string old{std::istreambuf_iterator<char>(in), {}};
  return in.good() && old == bytes;
}

// A link stays a link to a new file, as if it had been written through.
std::string behind_links(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  std::string result = real ? real : path;
  std::free(real);
  return result;
}

// Devices and pipes cannot be renamed onto.
std::optional<std::string> write_in_place(const std::string& path, std::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return reason();
  auto failure = write_descriptor(fd, bytes);
  if (close(fd) != 0 && !failure) failure = reason();
  return failure;
}

}  // namespace

Unfinished::Unfinished(const std::string& path) : slot_(-1) {
  if (path.size() >= sizeof g_paths[0]) return;
  for (std::size_t i = 0; i < kWatched; ++i) {
    if (g_taken[i].exchange(true)) continue;
    std::memcpy(g_paths[i], path.c_str(), path.size() + 1);
    g_armed[i] = true;
    slot_ = static_cast<int>(i);
    return;
  }
}

Unfinished::~Unfinished() {
  if (slot_ < 0) return;
  g_armed[static_cast<std::size_t>(slot_)] = false;
  g_taken[static_cast<std::size_t>(slot_)] = false;
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = end_process;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (signal != SIGHUP || before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // under nohup a run goes on
  }
  std::signal(SIGXFSZ, SIG_IGN);  // a file over its limit is a failed write like any other
}

std::optional<std::string> write_descriptor(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return reason();
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return std::nullopt;
}

std::optional<std::string> write_file(const std::string& wanted, std::string_view bytes) {
  const std::string path = behind_links(wanted);
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return std::strerror(EISDIR);
  if (exists && !S_ISREG(status.st_mode)) return write_in_place(path, bytes);
  if (exists && same_bytes(path, bytes)) return std::nullopt;

  const std::string beside = path + ".ntkc-" + std::to_string(getpid());
  const Unfinished watched(beside);
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, exists ? status.st_mode & 07777 : 0666);
  if (fd < 0) return reason();
  auto failure = write_descriptor(fd, bytes);
  if (close(fd) != 0 && !failure) failure = reason();
  if (!failure && std::rename(beside.c_str(), path.c_str()) != 0) failure = reason();
  if (failure) unlink(beside.c_str());
  return failure;
}

}  // namespace ntkc
