//! The document around every page. No inline script and no inline style: the
//! content security policy is one constant header.

use domain::ports::Ports;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::App;

/// The whole document.
pub fn shell() -> impl IntoView {
    // The pages are rendered here only; without this a resource would be
    // written into the page a second time, for a hydration that never comes.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let Ports {
        assets, society, ..
    } = expect_context::<Ports>();
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                // Numbers stay numbers: telephones are linked by us.
                <meta name="format-detection" content="telephone=no, email=no, address=no" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=assets.style.clone() />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                // Under this name it stands on an iPhone's home screen; on others by the manifest.
                <meta name="apple-mobile-web-app-title" content=society.portal_name.clone() />
                <link rel="manifest" href="/manifest.webmanifest" />
                <script
                    type="module"
                    src=assets.loader.clone()
                    data-client=assets.client.clone()
                    data-wasm=assets.wasm.clone()
                ></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
