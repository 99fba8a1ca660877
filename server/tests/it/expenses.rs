//! 医療費通知: what a member sees of it, and of whom.
