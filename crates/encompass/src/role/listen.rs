//! Which routes are served on which listener.

use encompass_web::{App, Bound};
use tokio_util::sync::CancellationToken;

use super::{Node, Role};

/// Binds every listener that is on and has a role of this process behind it.
pub(super) async fn bind(node: &Node, shutdown: &CancellationToken) -> anyhow::Result<Vec<(Bound, App)>> {
    let listen = &node.config.listen;
    let has = |role: Role| node.roles.contains(&role);
    let mut bound = Vec::new();
    if let Some(listener) = listen.portal.listener("portal")?.filter(|_| has(Role::Portal)) {
        let pages = encompass_portal::routes(node.portal.clone());
        bound.push((listener.bind().await?, App::pages("portal", pages, &node.http)));
    }
    if let Some(listener) = listen.api.listener("api")?.filter(|_| has(Role::Intake) || has(Role::Portal)) {
        let mut routes = axum::Router::new();
        if has(Role::Intake) {
            routes = routes.merge(encompass_intake::routes(node.intake.clone()));
        }
        if has(Role::Portal) {
            routes = routes.merge(encompass_portal::api(node.portal.clone()));
        }
        bound.push((listener.bind().await?, App::api("api", routes, &node.http)));
    }
    if let Some(listener) = listen.desk.listener("desk")?.filter(|_| has(Role::Oversight)) {
        let pages = encompass_oversight::routes(node.oversight.clone());
        bound.push((listener.bind().await?, App::pages("desk", pages, &node.http)));
    }
    if let Some(listener) = listen.machine.listener("machine")? {
        let app = App::machine(node.health(shutdown), node.metrics()?, &node.http);
        bound.push((listener.bind().await?, app));
    }
    for (listener, _) in &bound {
        tracing::info!(address = %listener.address(), "listening");
    }
    Ok(bound)
}
