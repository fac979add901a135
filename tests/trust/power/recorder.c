/* Records what a process writes below a folder and when it syncs it, for a power cut afterwards.
 *
 * Loaded with LD_PRELOAD into the server. Each call is made and noted under one lock, so that the
 * record has the order of the disk. RECORD_FOLDER says whose files, RECORD_TO where the notes go.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 4096 };
static char *paths[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static const char *folder;

struct note {
  uint64_t ns, offset;
  uint32_t path, data;
  uint8_t kind;
} __attribute__((packed));

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  int (*real)(const char *, int, ...) = next("open64");
  folder = getenv("RECORD_FOLDER");
  if (folder && getenv("RECORD_TO"))
    record = real(getenv("RECORD_TO"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void tell(char kind, const char *path, uint64_t offset, const void *data, size_t size) {
  struct note n = {now(), offset, (uint32_t)strlen(path), (uint32_t)size, (uint8_t)kind};
  struct iovec parts[3] = {{&n, sizeof n}, {(void *)path, n.path}, {(void *)data, size}};
  ssize_t (*real)(int, const struct iovec *, int) = next("writev");
  if (real(record, parts, 3) != (ssize_t)(sizeof n + n.path + size)) abort();
}

static const char *path_of(int fd) {
  return record >= 0 && fd >= 0 && fd < FILES ? paths[fd] : NULL;
}

static int opened(int fd, const char *path, int flags) {
  if (record < 0 || fd < 0 || fd >= FILES || fd == record) return fd;
  free(paths[fd]);
  paths[fd] = NULL;
  char whole[4096];
  if (!realpath(path, whole) || strncmp(whole, folder, strlen(folder)) != 0) return fd;
  if ((flags & O_ACCMODE) == O_RDONLY) return fd;
  paths[fd] = strdup(whole);
  if (flags & O_TRUNC) tell('T', whole, 0, "", 0);
  return fd;
}

#define OPEN(name)                                              \
  int name(const char *path, int flags, ...) {                  \
    va_list more;                                               \
    va_start(more, flags);                                      \
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;   \
    va_end(more);                                               \
    int (*real)(const char *, int, ...) = next(#name);          \
    pthread_mutex_lock(&lock);                                  \
    int fd = opened(real(path, flags, mode), path, flags);      \
    pthread_mutex_unlock(&lock);                                \
    return fd;                                                  \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                               \
  int name(int at, const char *path, int flags, ...) {             \
    va_list more;                                                  \
    va_start(more, flags);                                         \
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;      \
    va_end(more);                                                  \
    int (*real)(int, const char *, int, ...) = next(#name);        \
    pthread_mutex_lock(&lock);                                     \
    int fd = opened(real(at, path, flags, mode), path, flags);     \
    pthread_mutex_unlock(&lock);                                   \
    return fd;                                                     \
  }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
  int (*real)(int) = next("close");
  pthread_mutex_lock(&lock);
  if (path_of(fd)) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  int done = real(fd);
  pthread_mutex_unlock(&lock);
  return done;
}

#define PWRITE(name, off)                                                     \
  ssize_t name(int fd, const void *data, size_t size, off at) {               \
    ssize_t (*real)(int, const void *, size_t, off) = next(#name);            \
    if (!path_of(fd)) return real(fd, data, size, at);                        \
    pthread_mutex_lock(&lock);                                                \
    ssize_t done = real(fd, data, size, at);                                  \
    if (done > 0) tell('W', paths[fd], (uint64_t)at, data, (size_t)done);     \
    pthread_mutex_unlock(&lock);                                              \
    return done;                                                              \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *data, size_t size) {
  ssize_t (*real)(int, const void *, size_t) = next("write");
  if (!path_of(fd)) return real(fd, data, size);
  pthread_mutex_lock(&lock);
  ssize_t done = real(fd, data, size);
  off_t end = lseek(fd, 0, SEEK_CUR);
  if (done > 0) tell('W', paths[fd], (uint64_t)(end - done), data, (size_t)done);
  pthread_mutex_unlock(&lock);
  return done;
}

#define TRUNCATE(name, off)                                   \
  int name(int fd, off size) {                                \
    int (*real)(int, off) = next(#name);                      \
    if (!path_of(fd)) return real(fd, size);                  \
    pthread_mutex_lock(&lock);                                \
    int done = real(fd, size);                                \
    if (!done) tell('T', paths[fd], (uint64_t)size, "", 0);   \
    pthread_mutex_unlock(&lock);                              \
    return done;                                              \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                      \
  int name(int fd) {                                    \
    int (*real)(int) = next(#name);                     \
    if (!path_of(fd)) return real(fd);                  \
    pthread_mutex_lock(&lock);                          \
    int done = real(fd);                                \
    if (!done) tell('S', paths[fd], 0, "", 0);          \
    pthread_mutex_unlock(&lock);                        \
    return done;                                        \
  }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
  int (*real)(const char *) = next("unlink");
  char whole[4096];
  int ours = record >= 0 && realpath(path, whole) && !strncmp(whole, folder, strlen(folder));
  pthread_mutex_lock(&lock);
  int done = real(path);
  if (ours && !done) tell('U', whole, 0, "", 0);
  pthread_mutex_unlock(&lock);
  return done;
}
