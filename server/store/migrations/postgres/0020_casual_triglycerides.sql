-- 随時中性脂肪, measured sooner than ten hours after a meal: it has another limit. What
-- stands in triglycerides is 空腹時中性脂肪.
alter table checkup add column casual_triglycerides bigint;
