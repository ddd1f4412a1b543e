//! A form that a member of staff sent, checked against forgery: its token is bound to the session and to the address
//! that it is sent to, so no handler can forget to ask.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use encompass_web::form::Fields;

use crate::staff::Staff;

/// The fields of a form that is ours.
pub(crate) struct Sent(pub Fields);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let staff = request.extensions().get::<Staff>().cloned();
        let staff = staff.ok_or_else(|| StatusCode::FORBIDDEN.into_response())?;
        let action = request.uri().path().to_owned();
        let fields = Fields::from_request(request, state).await?;
        fields.verify(staff.secret(), &action).map_err(IntoResponse::into_response)?;
        Ok(Self(fields))
    }
}
