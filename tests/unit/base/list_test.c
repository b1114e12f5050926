#include "base/list.h"

#include "unit/suite.h"

struct number {
    struct list_node node;
    int value;
};

static int value_of(const struct list_node *node)
{
    return container_of(node, struct number, node)->value;
}

/* Fills `numbers` with 0, 1, 2 ... and appends them. */
static void fill(struct list *list, struct number *numbers, int count)
{
    list_init(list);
    for (int i = 0; i < count; i++) {
        numbers[i].value = i;
        list_append(list, &numbers[i].node);
    }
}

/* Asserts what the list holds, walking both ways. */
static void assert_values(struct list *list, const int *values, int count)
{
    int i = 0;
    list_for_each(node, list)
    {
        ck_assert_int_lt(i, count);
        ck_assert_int_eq(value_of(node), values[i++]);
    }
    ck_assert_int_eq(i, count);
    for (struct list_node *node = list->head.previous; node != &list->head; node = node->previous)
        ck_assert_int_eq(value_of(node), values[--i]);
    ck_assert_int_eq(i, 0);
}

START_TEST(empty_list_has_no_first)
{
    struct list list;
    list_init(&list);
    ck_assert(list_is_empty(&list));
    ck_assert_ptr_null(list_first(&list));
    ck_assert_ptr_null(list_pop(&list));
}
END_TEST

START_TEST(pops_in_the_order_of_appending)
{
    struct list list;
    struct number numbers[3];
    fill(&list, numbers, 3);
    for (int i = 0; i < 3; i++) {
        struct list_node *node = list_pop(&list);
        ck_assert_int_eq(value_of(node), i);
        ck_assert(!list_is_linked(node));
    }
    ck_assert(list_is_empty(&list));
}
END_TEST

START_TEST(prepended_comes_first)
{
    struct list list;
    struct number numbers[3], first = {.value = 7};
    fill(&list, numbers, 3);
    list_prepend(&list, &first.node);
    assert_values(&list, (int[]){7, 0, 1, 2}, 4);
}
END_TEST

START_TEST(removing_twice_does_no_harm)
{
    struct list list;
    struct number numbers[3];
    fill(&list, numbers, 3);
    list_remove(&numbers[1].node);
    list_remove(&numbers[1].node);
    ck_assert(!list_is_linked(&numbers[1].node));
    assert_values(&list, (int[]){0, 2}, 2);
}
END_TEST

START_TEST(walk_may_remove_where_it_is)
{
    struct list list;
    struct number numbers[5];
    fill(&list, numbers, 5);
    list_for_each(node, &list) if (value_of(node) % 2 == 0) list_remove(node);
    assert_values(&list, (int[]){1, 3}, 2);
}
END_TEST

START_TEST(splice_moves_all_behind)
{
    struct list to, from;
    struct number left[2], right[2];
    fill(&to, left, 2);
    fill(&from, right, 2);
    list_splice(&to, &from);
    ck_assert(list_is_empty(&from));
    assert_values(&to, (int[]){0, 1, 0, 1}, 4);
    list_splice(&to, &from);
    assert_values(&to, (int[]){0, 1, 0, 1}, 4);
    list_splice(&from, &to);
    ck_assert(list_is_empty(&to));
    assert_values(&from, (int[]){0, 1, 0, 1}, 4);
}
END_TEST

int main(void)
{
    return RUN_TESTS("list", empty_list_has_no_first, pops_in_the_order_of_appending, prepended_comes_first,
                     removing_twice_does_no_harm, walk_may_remove_where_it_is, splice_moves_all_behind);
}
