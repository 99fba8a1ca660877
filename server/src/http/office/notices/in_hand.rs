//! What the pages of a notice show beside its fields.

use domain::{
    office::notice::{Kept, NoticeState},
    values::timestamp::Timestamp,
};
use office_pages::pages::notices::{InHand, StepLine};
use store::publishing::{self as kept, OfficeNotice, Reach, Step, Taken, Written};
use time::Date;

use super::{
    super::answer::{Refused, Responder},
    form::FIELDS,
    lacks_another, today,
};
use crate::office::{
    access::{Acting, Publisher},
    notices::publishing::state,
};

pub(super) fn step_lines(steps: &[Taken]) -> Vec<StepLine> {
    let columns = |taken: &Taken| {
        let named = FIELDS
            .iter()
            .filter(|(field, _)| taken.columns.iter().any(|column| column == field))
            .map(|(_, name)| *name);
        named.collect::<Vec<_>>().join("、")
    };
    let line = |taken: &Taken| StepLine {
        what: match taken.step {
            Step::Written => "作成".to_owned(),
            Step::Changed | Step::Attached => format!("変更（{}）", columns(taken)),
            Step::Asked => "公開の依頼".to_owned(),
            Step::Published => "公開の手続き".to_owned(),
            Step::Returned => "下書きに戻した".to_owned(),
            Step::Withdrawn => "取り下げ".to_owned(),
            Step::Paused => "メールの一時停止".to_owned(),
            Step::Resumed => "メールの再開".to_owned(),
        },
        by: taken
            .by
            .as_ref()
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
        at: taken.at,
    };
    steps.iter().map(line).collect()
}

/// The steps that are not taken by anybody: with its first day it is on view, and after
/// the last one it is not.
fn with_days(mut steps: Vec<StepLine>, notice: &OfficeNotice, today: Date) -> Vec<StepLine> {
    if notice.kept != Kept::Published {
        return steps;
    }
    let opens_at = Timestamp::start_of(notice.written.opens_on);
    let published = steps.iter().rposition(|step| step.what == "公開の手続き");
    let was_ahead = published
        .and_then(|place| steps.get(place))
        .is_some_and(|step| step.at < opens_at);
    let mut by_itself = |what: &str, at: Timestamp| {
        let line = StepLine {
            what: what.to_owned(),
            by: "自動".to_owned(),
            at,
        };
        let place = steps.iter().position(|step| at < step.at);
        steps.insert(place.unwrap_or(steps.len()), line);
    };
    if was_ahead && notice.written.opens_on <= today {
        by_itself("公開の開始", opens_at);
    }
    if let Some(last) = notice.written.ends_on.filter(|last| *last < today)
        && let Some(next) = last.next_day()
    {
        by_itself("公開の終了", Timestamp::start_of(next));
    }
    steps
}

/// Everything that the page of a notice has beside its fields; a new one is nothing yet.
pub(super) async fn in_hand(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
) -> Result<InHand, Refused> {
    let db = &responder.state().db;
    let mut hand = InHand {
        id: None,
        number: String::new(),
        version: 0,
        state: NoticeState::Draft,
        employers: kept::employers(db).await?,
        reach: None,
        unknown_employers: Vec::new(),
        file: None,
        letter: false,
        letters: None,
        steps: Vec::new(),
        conflict: None,
        lacks_another: lacks_another(publisher, responder).await?,
    };
    let Some(notice) = notice else {
        return Ok(hand);
    };
    let today = today(publisher);
    hand.id = Some(notice.id);
    hand.number.clone_from(&notice.number);
    hand.version = notice.version;
    hand.state = state(notice, today);
    hand.file = notice.file.clone().map(|(_, name, bytes)| (name, bytes));
    hand.letter = notice.written.letter && (notice.letters > 0 || notice.told_at.is_none());
    hand.letters = (hand.letter && notice.kept == Kept::Published).then_some(notice.letters);
    hand.steps = with_days(
        step_lines(&kept::steps(db, notice.id).await?),
        notice,
        today,
    );
    counted(&mut hand, responder, &notice.written, today).await?;
    Ok(hand)
}

/// Whom it reaches at this moment.
pub(super) async fn counted(
    hand: &mut InHand,
    responder: &Responder,
    written: &Written,
    today: Date,
) -> Result<(), Refused> {
    let db = &responder.state().db;
    let Reach { people, letters } = kept::reach(db, &written.audience, today).await?;
    hand.reach = Some((people, letters));
    hand.unknown_employers = kept::unknown_employers(db, &written.audience.employers).await?;
    Ok(())
}
