// SPDX-License-Identifier: Apache-2.0
// Parts of the regular expressions of format.cpp and image.cpp (ECMA 262); macros, because literals join.
#pragma once

#define KFORGE_LABEL "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
#define KFORGE_SUBDOMAIN KFORGE_LABEL "(\\." KFORGE_LABEL ")*"
#define KFORGE_AUTHORITY KFORGE_SUBDOMAIN "(:[0-9]{1,5})?"
#define KFORGE_QUALIFIED "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
#define KFORGE_QUANTITY "([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?"
#define KFORGE_DOMAIN_PART "[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
#define KFORGE_IMAGE_COMPONENT "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
#define KFORGE_IMAGE_PATH KFORGE_IMAGE_COMPONENT "(/" KFORGE_IMAGE_COMPONENT ")*"
