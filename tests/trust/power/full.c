/* A disk that is full while a file of the name FULL_WHILE is there.
 *
 * Loaded with LD_PRELOAD into a server. What makes a file longer is refused as by the kernel; what
 * is written into blocks that a file has already goes through, as on a disk without room.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *mark;

/* A copy: PostgreSQL writes what it is at over its environment. */
__attribute__((constructor)) static void begin(void) {
  if (getenv("FULL_WHILE")) mark = strdup(getenv("FULL_WHILE"));
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static int no_room(int fd, off_t end) {
  struct stat file;
  int before = errno;
  int full = mark && access(mark, F_OK) == 0;
  errno = before;
  return full && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && end > file.st_size;
}

static off_t length(const struct iovec *parts, int count) {
  off_t all = 0;
  for (int i = 0; i < count; i++) all += (off_t)parts[i].iov_len;
  return all;
}

#define REFUSE(fd, end)   \
  if (no_room(fd, end)) { \
    errno = ENOSPC;       \
    return -1;            \
  }

ssize_t write(int fd, const void *data, size_t size) {
  ssize_t (*real)(int, const void *, size_t) = next("write");
  REFUSE(fd, lseek(fd, 0, SEEK_CUR) + (off_t)size)
  return real(fd, data, size);
}

#define PWRITE(name)                                               \
  ssize_t name(int fd, const void *data, size_t size, off_t at) {  \
    ssize_t (*real)(int, const void *, size_t, off_t) = next(#name); \
    REFUSE(fd, at + (off_t)size)                                   \
    return real(fd, data, size, at);                               \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                    \
  ssize_t name(int fd, const struct iovec *parts, int count, off_t at) { \
    ssize_t (*real)(int, const struct iovec *, int, off_t) = next(#name); \
    REFUSE(fd, at + length(parts, count))                                \
    return real(fd, parts, count, at);                                   \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define FALLOCATE(name)                               \
  int name(int fd, off_t at, off_t size) {            \
    int (*real)(int, off_t, off_t) = next(#name);     \
    if (no_room(fd, at + size)) return ENOSPC;        \
    return real(fd, at, size);                        \
  }
FALLOCATE(posix_fallocate)
FALLOCATE(posix_fallocate64)
