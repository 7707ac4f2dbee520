// A state of conjugate gradients as a file: a magic line, sizes, numbers as they lie in memory, a hash of all.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "inference/hash.hpp"
#include "ntk/inference/conjugate_gradients.hpp"

namespace ntk::inference {

namespace {

constexpr std::string_view kMagic = "ntk-cg 1\n";

std::uint64_t hash_of(std::string_view bytes) {
  Hash hash;
  hash.add(bytes.data(), bytes.size());
  return hash.value();
}

void put(std::string& bytes, const auto& number) { bytes.append(reinterpret_cast<const char*>(&number), sizeof number); }

void put_matrix(std::string& bytes, const auto& matrix) {
  put(bytes, std::int64_t{matrix.rows()});
  put(bytes, std::int64_t{matrix.cols()});
  bytes.append(reinterpret_cast<const char*>(matrix.data()), static_cast<std::size_t>(matrix.size()) * sizeof(double));
}

// What the hash has vouched for.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T number() {
    T out;
    std::memcpy(&out, take(sizeof out), sizeof out);
    return out;
  }
  void matrix(auto& out) {
    const auto rows = number<std::int64_t>(), columns = number<std::int64_t>();
    out.resize(rows, columns);
    const std::size_t size = static_cast<std::size_t>(out.size()) * sizeof(double);
    if (size > 0) std::memcpy(out.data(), take(size), size);
  }

 private:
  const char* take(std::size_t size) {
    const char* at = rest_.data();
    rest_.remove_prefix(size);
    return at;
  }
  std::string_view rest_;
};

}  // namespace

void CgState::save(const std::string& path) const {
  std::string bytes(kMagic);
  put(bytes, std::int64_t{iterations});
  put(bytes, problem);
  for (const Matrix* matrix : {&x, &r, &p, &steps, &ratios}) put_matrix(bytes, *matrix);
  put_matrix(bytes, rz);
  put_matrix(bytes, smallest_ritz);
  put(bytes, hash_of(bytes));
  const std::string beside = path + ".new";
  std::ofstream file(beside, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    const std::string reason = std::strerror(errno);
    std::remove(beside.c_str());
    throw FileError(path, reason);
  }
}

CgState CgState::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileError(path, std::strerror(errno));
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::string_view all = bytes;
  if (!all.starts_with(kMagic) || all.size() < kMagic.size() + sizeof(std::uint64_t)) throw FileError(path, "not a saved state");
  const std::string_view body = all.substr(0, all.size() - sizeof(std::uint64_t));
  if (Reader(all.substr(body.size())).number<std::uint64_t>() != hash_of(body)) throw FileError(path, "damaged: its checksum is wrong");
  Reader reader(body.substr(kMagic.size()));
  CgState out;
  out.iterations = reader.number<std::int64_t>();
  out.problem = reader.number<std::uint64_t>();
  for (Matrix* matrix : {&out.x, &out.r, &out.p, &out.steps, &out.ratios}) reader.matrix(*matrix);
  reader.matrix(out.rz);
  reader.matrix(out.smallest_ritz);
  return out;
}

}  // namespace ntk::inference
