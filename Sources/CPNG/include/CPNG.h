#ifndef ONESHEET_CPNG_H
#define ONESHEET_CPNG_H
#endif
