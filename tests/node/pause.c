// SPDX-License-Identifier: Apache-2.0
// Process 1 of a pod's namespaces, and of the node's: keeps them, and buries whoever dies in them.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int number) {
  _exit(number == SIGINT || number == SIGTERM ? 0 : 2);
}

static void bury(int number) {
  (void)number;
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

int main(void) {
  struct sigaction ending = {.sa_handler = end};
  struct sigaction burying = {.sa_handler = bury, .sa_flags = SA_NOCLDSTOP};
  sigaction(SIGINT, &ending, 0);
  sigaction(SIGTERM, &ending, 0);
  sigaction(SIGCHLD, &burying, 0);
  for (;;) pause();
}
