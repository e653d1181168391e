/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_VERBS_TEST_H
#define DSA_VERBS_TEST_H

/*
 * verbs_test.h - every test, by the file that it is in
 *
 * Those that take a pair leave it connected, for the one that comes after.
 */

#include "pair.h"

/* interface_test.c */
void layout__known(void);
void ids__refused(void);
void device__attributes(struct pair *pair);

/* cm_id_test.c */
void bind__errors(void);
void unbound__refused(void);

/* connect_test.c */
void connect__private_data(struct pair *pair);
void connect__refused(struct pair *pair);
void disconnect__events(void);

/* post_test.c */
void post__data(struct pair *pair);
void post__changing_elements(struct pair *pair);
void post__messages(struct pair *pair);

/* chain_test.c */
void post__chained(struct pair *pair);
void post__chained_to_a_failure(void);
void post__chained_in_a_queue_of_one(void);

/* queue_pair_test.c */
void create_qp__errors(struct pair *pair);
void plain__fallback(void);
void post__not_made_for(void);

/* region_test.c */
void flush__refused(struct pair *pair);
void flush__persistent(struct pair *pair, const char *dax_path);
void region__large(struct pair *pair);
void region__errors(struct pair *pair);

/* window_test.c */
void window__rights(void);
void destroy__bound_window(void);

/* wait_test.c */
void wait__woken(struct pair *pair);
void async__overflow(void);

/* destroy_test.c */
void destroy__parents_first(void);
void destroy__under_fire(void);
void destroy__while_connecting(struct pair *pair);
void destroy__pending_request(void);

#endif
