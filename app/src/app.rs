//! The route table.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::pages::{
    account::{
        closing::{ClosedPage, ClosingConfirmPage, ClosingPage},
        codes::{CodesOffPage, CodesPage, NewRecoveryCodesPage, RecoveryCodesPage},
        confirm::{AddressConfirmedPage, ConfirmAddressPage},
        confirm_password::ConfirmPasswordPage,
        my_data::MyDataPage,
        passkeys::{PasskeyAnswerPage, PasskeysPage},
        profile::{AddressesPage, ProfilePage},
        report::ReportPage,
        security::SecurityPage,
    },
    entry::{
        code::CodePage,
        done::RegistrationDonePage,
        landing::EntryPage,
        login::LoginPage,
        profile_input::RegistrationProfilePage,
        provisional::ProvisionalPage,
        register::RegisterPage,
        reissue::{NewPasswordPage, ReissueDonePage, ReissuePage, ReissueProvisionalPage},
        sent::{RegistrationSentPage, ReissueSentPage},
    },
    portal::{
        about::AboutPage,
        help::HelpPage,
        mailbox::MailboxPage,
        problem::{NotFoundPage, Problem, ProblemPage},
        unsubscribe::UnsubscribePage,
    },
    reading::{
        checkups::CheckupsPage,
        expenses::{ExpensesPage, print::ExpensePrintPage},
        health::{ArticlePage, HealthPage},
        home::HomePage,
        notices::{NoticePage, NoticesPage},
    },
};

/// Every page, by its path; or the page for what went wrong before any of them.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    match use_context::<Problem>() {
        Some(problem) => view! { <ProblemPage problem /> }.into_any(),
        None => view! {
            <Router>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=EntryPage />
                    <Route path=path!("/register") view=RegisterPage />
                    <Route path=path!("/register/sent") view=RegistrationSentPage />
                    <Route path=path!("/register/provisional") view=ProvisionalPage />
                    <Route path=path!("/register/profile") view=RegistrationProfilePage />
                    <Route path=path!("/register/done") view=RegistrationDonePage />
                    <Route path=path!("/login") view=LoginPage />
                    <Route path=path!("/login/passkey") view=LoginPage />
                    <Route path=path!("/login/code") view=CodePage />
                    <Route path=path!("/reissue") view=ReissuePage />
                    <Route path=path!("/reissue/sent") view=ReissueSentPage />
                    <Route path=path!("/reissue/provisional") view=ReissueProvisionalPage />
                    <Route path=path!("/reissue/password") view=NewPasswordPage />
                    <Route path=path!("/reissue/done") view=ReissueDonePage />
                    <Route path=path!("/home") view=HomePage />
                    <Route path=path!("/expenses") view=ExpensesPage />
                    <Route path=path!("/expenses/print") view=ExpensePrintPage />
                    <Route path=path!("/notices") view=NoticesPage />
                    <Route path=path!("/notices/unsubscribe") view=UnsubscribePage />
                    <Route path=path!("/notices/:id") view=NoticePage />
                    <Route path=path!("/health") view=HealthPage />
                    <Route path=path!("/health/:slug") view=ArticlePage />
                    <Route path=path!("/checkups") view=CheckupsPage />
                    <Route path=path!("/my-data") view=MyDataPage />
                    <Route path=path!("/profile") view=ProfilePage />
                    <Route path=path!("/profile/confirm-password") view=ConfirmPasswordPage />
                    <Route path=path!("/profile/passkeys") view=PasskeysPage />
                    <Route path=path!("/profile/passkeys/rename") view=PasskeyAnswerPage />
                    <Route path=path!("/profile/passkeys/remove") view=PasskeyAnswerPage />
                    <Route path=path!("/profile/passkeys/password") view=PasskeyAnswerPage />
                    <Route path=path!("/profile/codes") view=CodesPage />
                    <Route path=path!("/profile/codes/new") view=NewRecoveryCodesPage />
                    <Route path=path!("/profile/codes/off") view=CodesOffPage />
                    <Route path=path!("/profile/codes/recovery") view=RecoveryCodesPage />
                    <Route path=path!("/profile/emails/add") view=AddressesPage />
                    <Route path=path!("/profile/emails/again") view=AddressesPage />
                    <Route path=path!("/profile/emails/remove") view=AddressesPage />
                    <Route path=path!("/profile/emails/notices") view=AddressesPage />
                    <Route path=path!("/profile/emails/confirm") view=ConfirmAddressPage />
                    <Route path=path!("/profile/emails/confirmed") view=AddressConfirmedPage />
                    <Route path=path!("/security") view=SecurityPage />
                    <Route path=path!("/security/leave") view=ClosingPage />
                    <Route path=path!("/security/leave/confirm") view=ClosingConfirmPage />
                    <Route path=path!("/security/left") view=ClosedPage />
                    <Route path=path!("/security/report") view=ReportPage />
                    <Route path=path!("/help") view=HelpPage />
                    <Route path=path!("/about") view=AboutPage />
                    <Route path=path!("/dev/mailbox") view=MailboxPage />
                </Routes>
            </Router>
        }
        .into_any(),
    }
}
